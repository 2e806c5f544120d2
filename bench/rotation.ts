import { setTimeout as sleep } from 'node:timers/promises'
import { type Stack, startStack } from '../local/stack.ts'
import { type Benchmark, judgeAtLeast, judgeAtMost, type Result, type Run, withoutGoal } from './benchmark.ts'
import { readNodeArguments } from './node-arguments.ts'
import { UPSTREAM } from './onboarding-graph.ts'
import { LEAST_PER_ROTATION, measureTraffic, type RotationTraffic, requireRotations } from './rotation-requests.ts'
import {
  createRotationConfig,
  prepareWorkspaces,
  REQUESTS_PER_SECOND,
  seedCredentials,
  WORKSPACES,
} from './rotation-seed.ts'
import { scanAll } from './rotation-timer.ts'
import { fitLine } from './statistics.ts'

const LATENCY_MS = 50
const RATES = { workspaces: WORKSPACES.length, requestsPerSecond: REQUESTS_PER_SECOND }
/** With fewer, the time goes with one request waiting for the other, not with the rate. */
const RATE_BOUND_FROM = 100

/** How near many rotations come to what the workspaces' rates allow, and what they cost. */
export const rotationBenchmark: Benchmark = {
  name: 'rotation',
  measure: async ({ isQuick, say }) => {
    const sizes = isQuick ? [1, 10, 60] : [1, 10, 100, 1000]
    say(
      `${sizes.join(', ')} tokens over ${WORKSPACES.length} workspaces of ${REQUESTS_PER_SECOND} requests a second each,`,
    )
    say(`${LATENCY_MS} ms for each answer`)
    const measured: { readonly count: number; readonly traffic: RotationTraffic }[] = []
    await withStack(1, async (stack) => {
      for (const count of sizes) measured.push({ count, traffic: (await rotateMany(stack, count)).traffic })
    })
    for (const { count, traffic } of measured) tellTraffic(count, traffic, say)
    const fit = fitLine(measured.map(({ count, traffic }) => ({ x: count, y: traffic.busyMs / 1000 })))
    const [slope, intercept] = [fit.slope * 1000, fit.intercept]
    say(`  seconds = ${intercept.toFixed(2)} + ${slope.toFixed(2)} / 1000 x credentials, R² ${fit.r2.toFixed(4)}`)

    const shared = isQuick ? 30 : 100
    const two = await withStack(2, (stack) => rotateMany(stack, shared))
    say('  two instances, each of which would use the whole rate:')
    tellTraffic(shared, two.traffic, say)
    return [
      ...measured.flatMap(({ count, traffic }) => judgeTraffic(count, traffic)),
      withoutGoal('rotation-linear-fit-r2', fit.r2),
      judgeAtMost(`rotation-${shared}-two-instances-failed`, two.failed / shared, 0),
      withoutGoal(`rotation-${shared}-two-instances-throttled`, two.traffic.throttled / two.traffic.databricks),
    ]
  },
}

async function withStack<T>(instances: number, work: (stack: Stack) => Promise<T>): Promise<T> {
  const stack = await startStack({
    instances,
    config: createRotationConfig(),
    workspaces: WORKSPACES,
    hostFlags: ['--poll-max-ms', '200'],
    settings: { languageWorkers__node__arguments: await readNodeArguments() },
  })
  try {
    await prepareWorkspaces(stack)
    // The first ones load what is loaded late, and fetch the identity's tokens, on every instance.
    await rotateMany(stack, 2 * WORKSPACES.length, 'warm-up')
    await stack.control.setLatency(Object.fromEntries(UPSTREAM.map((service) => [service, LATENCY_MS])))
    return await work(stack)
  } finally {
    await stack.stop()
  }
}

interface Rotated {
  readonly traffic: RotationTraffic
  /** Credentials that Steward gave up on for a while. */
  readonly failed: number
}

/** Throws when not all are rotated in time: then it is not rotations that are measured. */
async function rotateMany(stack: Stack, count: number, prefix = `of-${count}`): Promise<Rotated> {
  await seedCredentials(stack, { prefix, count, ageDays: 70, perPrincipal: 1 })
  // What the workspaces took before counts no more, and nothing of it does here.
  await sleep(1_100)
  const lastSeq = (await stack.control.requests()).at(-1)?.seq ?? 0
  const failures = (): number => stack.output().filter((line) => line.includes('credential-failing')).length
  const failedBefore = failures()
  const before = await countTokens(stack)
  const giveUpAt = performance.now() + 60_000 + count * 200
  await scanAll(stack)
  // Watched from the cloud's side: to ask the app itself while it works would slow it.
  while ((await countTokens(stack)) < before + count) {
    if (performance.now() > giveUpAt) {
      const made = (await countTokens(stack)) - before
      throw new Error(
        `only ${made} of ${count} were rotated:\n${stack.output().filter(isTrouble).slice(-20).join('\n')}`,
      )
    }
    await sleep(500)
  }
  // The last ones are made, and still to be used, stored and read back.
  await sleep(2_000)
  const traffic = measureTraffic(await stack.control.requests(lastSeq), RATES)
  requireRotations(traffic, count)
  return { traffic, failed: failures() - failedBefore }
}

function isTrouble(line: string): boolean {
  return line.includes('credential-hindered') || line.includes('credential-failing')
}

async function countTokens({ control }: Stack): Promise<number> {
  const counts = await control.commands<{ active: number }>(
    WORKSPACES.map((workspace) => ({ service: 'databricks', command: 'countTokens', input: { workspace } })),
  )
  return counts.reduce((sum, { active }) => sum + active, 0)
}

function judgeTraffic(count: number, traffic: RotationTraffic): Result[] {
  const { useOfRate, throttled, databricks, requests } = traffic
  const judge = count >= RATE_BOUND_FROM ? judgeAtLeast : withoutGoal
  return [
    judge(`rotation-${count}-use-of-rate`, useOfRate, 0.95),
    judgeAtMost(`rotation-${count}-throttled`, throttled / databricks, 0.02),
    withoutGoal(`rotation-${count}-requests-against-least`, requests / (count * LEAST_PER_ROTATION.length)),
  ]
}

function tellTraffic(count: number, traffic: RotationTraffic, say: Run['say']): void {
  const { busyMs, useOfRate, databricks, throttled, requests, counts } = traffic
  say(
    `  ${String(count).padStart(4)}: ${(busyMs / 1000).toFixed(2)} s at Databricks, ${(100 * useOfRate).toFixed(1)} % of the rate;`,
  )
  say(`        ${requests} requests, ${databricks} of them to Databricks, ${throttled} refused (429)`)
  for (const [name, times] of counts) say(`        ${name}: ${(times / count).toFixed(2)} for each`)
}
