import { spawnSync } from 'node:child_process'
import { parseArgs } from 'node:util'

/** The fast gates, each of which a test shows able to fail. Runs them all, so that one run names everything. */
const GATES: readonly { readonly name: string; readonly command: string; readonly mustSay?: RegExp }[] = [
  { name: 'format and lint', command: 'biome check --error-on-warnings .' },
  { name: 'typed lint', command: 'oxlint --deny-warnings src local scripts test bench' },
  // A gate that looked at nothing is no gate: dependency-cruiser exits 0 on no modules.
  {
    name: 'architecture',
    command: 'depcruise --config .dependency-cruiser.cjs src local scripts test bench',
    mustSay: /no dependency violations found \((?!0 modules)\d+ modules/,
  },
  { name: 'unused code', command: 'knip' },
  { name: 'types', command: 'tsc -p .' },
  { name: 'generated files', command: 'node scripts/generate.ts --check' },
]

/** `--only NAME` runs one of them; all look at the folder they are started in. */
const { only } = parseArgs({ options: { only: { type: 'string' } } }).values
const gates = only === undefined ? GATES : GATES.filter(({ name }) => name === only)
if (gates.length === 0) throw new Error(`--only takes one of: ${GATES.map(({ name }) => name).join(', ')}`)

let failed = 0
for (const { name, command, mustSay } of gates) {
  const startedAt = performance.now()
  const run = spawnSync(command, { shell: true, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 })
  const output = `${run.stdout}${run.stderr}`
  const isGood = run.status === 0 && (mustSay === undefined || mustSay.test(output))
  if (!isGood) {
    failed += 1
    process.stdout.write(output)
  }
  process.stdout.write(`${isGood ? 'ok    ' : 'FAILED'} ${name} (${Math.round(performance.now() - startedAt)} ms)\n`)
}
process.exitCode = failed === 0 ? 0 : 1
