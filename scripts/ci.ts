import { existsSync } from 'node:fs'
import { countClaims, countConformance, countGates, countMeasurements, countTests, formatCounts } from './ci/counts.ts'
import { runSteps, type Step } from './ci/run-steps.ts'

/** What `.ci/run` does once the packages are there: every command of the README that judges something. */
const SPECS = '../shared/specs'
const MINUTE_MS = 60_000
const ALL_WITHIN_MS = 28 * MINUTE_MS

const conformance: Step = {
  command: ['npm', 'run', 'conformance', '--', '--specs', SPECS, '--json'],
  count: countConformance,
  withinMs: 8 * MINUTE_MS,
}
const hasSpecs = existsSync(SPECS)
const steps: readonly Step[] = [
  { command: ['npm', 'test'], count: countTests, withinMs: 8 * MINUTE_MS },
  { command: ['npm', 'run', 'test:faults'], count: countTests, withinMs: 12 * MINUTE_MS },
  { command: ['npm', 'run', 'demo', '--', '--json'], count: countClaims, withinMs: 3 * MINUTE_MS },
  { command: ['npm', 'run', 'check'], count: countGates, withinMs: 4 * MINUTE_MS },
  ...(hasSpecs ? [conformance] : []),
  { command: ['npm', 'run', 'bench', '--', '--quick', '--json'], count: countMeasurements, withinMs: 6 * MINUTE_MS },
]

const counts = await runSteps(steps, ALL_WITHIN_MS, (text) => process.stdout.write(text))
if (!hasSpecs) process.stdout.write(`   left out: conformance, because there is no folder ${SPECS} here\n`)
process.stdout.write(`\n${formatCounts(counts)}\n`)
process.exitCode = counts.failed === 0 ? 0 : 1
