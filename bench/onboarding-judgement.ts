import { judgeAtLeast, judgeAtMost, type Result, type Run, withoutGoal } from './benchmark.ts'
import { listWaits, sumDurations, type Task } from './critical-path.ts'
import { LEAST_REQUESTS } from './onboarding-graph.ts'
import { describeMs, median } from './statistics.ts'

/** One onboarding, as the log of the pretend Azure shows it. */
export interface Measurement {
  /** From the first upstream request to the end of the last. */
  readonly wallMs: number
  readonly tasks: readonly Task[]
  readonly path: readonly Task[]
  /** Of all requests, one after another. */
  readonly serialMs: number
  readonly requests: number
  /** From the answer 202 to the first upstream request. */
  readonly queueDelayMs: number
}

/** Tells what was measured at one latency, and makes the numbers of it. */
export function judgeOnboardings(latencyMs: number, measured: readonly Measurement[], say: Run['say']): Result[] {
  const of = (value: (measurement: Measurement) => number): number[] => measured.map(value)
  const ratio = median(of(({ wallMs, path }) => wallMs / sumDurations(path)))
  const injectedRatio = median(of(({ wallMs, path }) => wallMs / (path.length * latencyMs)))
  const serial = median(of(({ wallMs, serialMs }) => serialMs / wallMs))
  const requests = median(of((measurement) => measurement.requests))
  say(`onboardings with ${latencyMs} ms latency, medians of ${measured.length} runs, in turn with the other latency:`)
  say(`  first to last upstream request    ${describeMs(of(({ wallMs }) => wallMs))}`)
  say(`  critical path, as logged          ${describeMs(of(({ path }) => sumDurations(path)))}`)
  say(`    ${describeChains(measured)}`)
  say('  how long each request began after the last thing it needed:')
  for (const [name, waits] of collectWaits(measured)) say(`    ${name.padEnd(32)} ${describeMs(waits)}`)
  say(`  all requests one after another    ${describeMs(of(({ serialMs }) => serialMs))}`)
  say(`  requests made ${requests}, least possible ${LEAST_REQUESTS}`)
  say(`  against the bare latency of the chain, without the cloud's own work: ${injectedRatio.toFixed(3)}`)
  say(`  apart from all this, in the queue ${describeMs(of(({ queueDelayMs }) => queueDelayMs))}`)
  return [
    judgeAtMost(`onboarding-${latencyMs}ms-against-critical-path`, ratio, 1.15),
    judgeAtLeast(`onboarding-${latencyMs}ms-serial-against-wall`, serial, 1.3),
    withoutGoal(`onboarding-${latencyMs}ms-requests-against-least`, requests / LEAST_REQUESTS),
  ]
}

/** The most frequent one: of requests side by side, now this one takes longer, now that. */
function describeChains(measured: readonly Measurement[]): string {
  const chains = measured.map(({ path }) => path.map(({ name }) => name).join(' -> '))
  const counts = new Map(chains.map((chain) => [chain, chains.filter((other) => other === chain).length]))
  const [[chain, count] = ['', 0]] = [...counts].toSorted(([, a], [, b]) => b - a)
  return `${chain} (in ${count} of ${measured.length} runs)`
}

/** Where the time goes that no request takes. */
function collectWaits(measured: readonly Measurement[]): Map<string, number[]> {
  const collected = new Map<string, number[]>()
  for (const { tasks } of measured) {
    for (const { name, waitMs } of listWaits(tasks)) collected.set(name, [...(collected.get(name) ?? []), waitMs])
  }
  return collected
}
