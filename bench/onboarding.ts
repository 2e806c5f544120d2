import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { parse } from 'yaml'
import type { LoggedRequest } from '../local/cloud/request-log.ts'
import { createPipeline } from '../local/pipeline.ts'
import { type Stack, startStack } from '../local/stack.ts'
import type { OnboardingView } from '../src/onboarding/view.ts'
import type { Benchmark } from './benchmark.ts'
import { findCriticalPath, measureWall, sumDurations } from './critical-path.ts'
import { LEAST_REQUESTS, toTasks, UPSTREAM } from './onboarding-graph.ts'
import { judgeOnboardings, type Measurement } from './onboarding-judgement.ts'
import { createWholeRequest } from './onboarding-requests.ts'

const LATENCIES_MS = [50, 200] as const

/** How well an onboarding uses its time while Azure answers slowly. */
export const onboardingBenchmark: Benchmark = {
  name: 'onboarding',
  measure: async ({ isQuick, say }) => {
    const stack = await startStack({ config: await readUnhurriedConfig() })
    try {
      // How long a cluster takes is not ours to measure.
      await stack.control.command('databricks', 'runTimes', { pendingMs: 0, runningMs: 0 })
      // The first one loads what is loaded late and fetches the tokens.
      await onboardOnce(stack, 'warm-up')
      const measurements = new Map<number, Measurement[]>(LATENCIES_MS.map((latencyMs) => [latencyMs, []]))
      for (let run = 0; run < (isQuick ? 4 : 21); run += 1) {
        for (const [latencyMs, measured] of measurements) {
          await stack.control.setLatency(Object.fromEntries(UPSTREAM.map((service) => [service, latencyMs])))
          measured.push(await onboardOnce(stack, `at-${latencyMs}-${run}`))
        }
      }
      return [...measurements].flatMap(([latencyMs, measured]) => judgeOnboardings(latencyMs, measured, say))
    } finally {
      await stack.stop()
    }
  },
}

/**
 * The sample, with a workspace that may be asked as fast as one likes: an onboarding asks it more than the sample's 15 times,
 * which at low latency would all come within a second, and so it would be the rate that is measured.
 */
async function readUnhurriedConfig(): Promise<unknown> {
  const config = parse(await readFile(new URL('../steward.sample.yaml', import.meta.url), 'utf8'))
  for (const workspace of config.databricks.workspaces) workspace.requestsPerSecond = 100
  return config
}

async function onboardOnce({ control, baseUrl }: Stack, name: string): Promise<Measurement> {
  const pipeline = createPipeline(baseUrl)
  const lastSeq = (await control.requests()).at(-1)?.seq ?? 0
  const upstream = async (): Promise<LoggedRequest[]> =>
    (await control.requests(lastSeq)).filter(({ service }) => UPSTREAM.includes(service))

  const accepted = await pipeline.call<OnboardingView>('POST', '/api/onboardings', createWholeRequest(name))
  const acceptedAt = Date.now()
  const location = accepted.headers.get('location')
  if (location === null) throw new Error(`POST /api/onboardings answered ${accepted.status}`)
  // Watched from the cloud's side: to ask the app itself while it works would slow it.
  const giveUpAt = performance.now() + 30_000
  while ((await upstream()).length < LEAST_REQUESTS && performance.now() < giveUpAt) await sleep(100)
  const { status, problem } = await pipeline.follow(location)
  if (status !== 'succeeded') throw new Error(`onboarding ${name} ${status}: ${problem?.detail}`)

  const requests = await upstream()
  const tasks = toTasks(requests)
  return {
    wallMs: measureWall(requests),
    tasks,
    path: findCriticalPath(tasks),
    serialMs: sumDurations(requests),
    requests: requests.length,
    queueDelayMs: Math.min(...requests.map(({ startedAt }) => startedAt)) - acceptedAt,
  }
}
