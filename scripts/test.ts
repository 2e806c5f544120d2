import { spawnSync } from 'node:child_process'

/** `npm test` runs everything but the fault matrix, `npm run test:faults` the matrix alone. */
const [first, ...rest] = process.argv.slice(2)
const isFaults = first === '--faults'
const filters = isFaults || first === undefined ? rest : [first, ...rest]
const run = spawnSync('vitest', ['run', ...filters], {
  stdio: 'inherit',
  env: { ...process.env, STEWARD_TEST_FAULTS: isFaults ? '1' : '0' },
})
process.exitCode = run.status ?? 1
