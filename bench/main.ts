import type { Benchmark, Result } from './benchmark.ts'
import { memoryBenchmark } from './memory.ts'
import { onboardingBenchmark } from './onboarding.ts'
import { rotationBenchmark } from './rotation.ts'
import { rotationScanBenchmark } from './rotation-scan.ts'
import { startBenchmark } from './start.ts'

/** `npm run bench`: ratios, each measured within one run. Fails only when something could not be measured. */
const BENCHMARKS: readonly Benchmark[] = [
  startBenchmark,
  onboardingBenchmark,
  rotationBenchmark,
  rotationScanBenchmark,
  memoryBenchmark,
]

const words = process.argv.slice(2)
const isJson = words.includes('--json')
const isQuick = words.includes('--quick')
const names = words.filter((word) => !isFlag(word))
const unknown = names.filter((name) => !BENCHMARKS.some((benchmark) => benchmark.name === name))
const say = (line: string): void => {
  if (!isJson) process.stdout.write(`${line}\n`)
}
const fail = (line: string): void => {
  process.stderr.write(`${line}\n`)
  process.exitCode = 1
}

for (const name of unknown) fail(`There is no benchmark ${name}; there are ${BENCHMARKS.map((one) => one.name)}.`)
const results: Result[] = []
for (const benchmark of BENCHMARKS.filter(({ name }) => names.length === 0 || names.includes(name))) {
  say(`\n== ${benchmark.name}`)
  try {
    const measured = await benchmark.measure({ isQuick, say })
    results.push(...measured)
    for (const result of measured) say(describeResult(result))
  } catch (error) {
    fail(`Benchmark ${benchmark.name} could not be measured: ${error instanceof Error ? error.stack : error}`)
  }
}
if (isJson) process.stdout.write(`${JSON.stringify({ results }, null, 2)}\n`)

function describeResult({ name, value, goal, met }: Result): string {
  const verdict = goal === null ? 'no goal' : met ? 'met' : 'MISSED'
  return `${verdict.padEnd(8)} ${name}: ${value}${goal === null ? '' : ` (goal ${goal})`}`
}

function isFlag(word: string): boolean {
  return word.startsWith('--')
}
