import { setTimeout as sleep } from 'node:timers/promises'
import { createPipeline, type Pipeline } from '../local/pipeline.ts'
import { type Stack, startStack } from '../local/stack.ts'
import { type Benchmark, judgeAtMost, type Run, withoutGoal } from './benchmark.ts'
import { readNodeArguments } from './node-arguments.ts'
import { createMixedRequest } from './onboarding-requests.ts'
import { readResidentMb } from './resident.ts'
import { median } from './statistics.ts'

const AT_ONCE = 16
const READINGS = 5
/** Freed pages go back a moment after a collection, if they do. */
const SETTLING_MS = 2_000

interface Memory {
  readonly residentMb: number
  /** What the app still refers to. */
  readonly liveMb: number
}

/** Whether an instance that works on keeps what it worked on: its resident set after many onboardings and after few. */
export const memoryBenchmark: Benchmark = {
  name: 'memory',
  measure: async ({ isQuick, say }) => {
    // A call's timer lives for 30 seconds, and what the call held lives with it: the long rest outlasts that.
    const [few, many, restMs] = isQuick ? [20, 60, 2_000] : [50, 500, 35_000]
    const stack = await startStack({
      hostFlags: ['--poll-max-ms', '200'],
      settings: {
        languageWorkers__node__arguments: `${await readNodeArguments()} --expose-gc --import=${import.meta.resolve('./collect-preload.ts')}`,
      },
    })
    try {
      await stack.control.command('databricks', 'runTimes', { pendingMs: 0, runningMs: 0 })
      const pipeline = createPipeline(stack.baseUrl)
      say(`${many} onboardings of four kinds, ${AT_ONCE} at once, in one instance, no injected latency;`)
      say(`each reading: ${restMs / 1000} s of rest, a collection of garbage, then the median of ${READINGS}`)
      await takeMemory(stack, 0, 0, say)
      await onboardMany(pipeline, 0, few)
      const first = await takeMemory(stack, restMs, few, say)
      await onboardMany(pipeline, few, many)
      const last = await takeMemory(stack, restMs, many, say)
      const name = `memory-${many}-against-${few}`
      return [
        judgeAtMost(name, last.residentMb / first.residentMb, 1.2),
        withoutGoal(`${name}-live-heap`, last.liveMb / first.liveMb),
      ]
    } finally {
      await stack.stop()
    }
  },
}

/** Throws when one does not succeed: then it is not memory for onboardings that is measured. */
async function onboardMany(pipeline: Pipeline, from: number, to: number): Promise<void> {
  let next = from
  const work = async (): Promise<void> => {
    while (next < to) {
      const request = createMixedRequest(next)
      next += 1
      const { name, status, problem } = await pipeline.onboard(request)
      if (status !== 'succeeded') throw new Error(`onboarding ${name} ${status}: ${problem?.detail}`)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
}

async function takeMemory(stack: Stack, restMs: number, done: number, say: Run['say']): Promise<Memory> {
  const pid = stack.hosts[0]?.report.workerPid ?? 0
  await sleep(restMs)
  const liveMb = await collectGarbage(stack, pid)
  await sleep(SETTLING_MS)
  const readings: number[] = []
  for (let reading = 0; reading < READINGS; reading += 1) {
    readings.push(await readResidentMb(pid))
    await sleep(500)
  }
  const residentMb = median(readings)
  say(`  after ${String(done).padStart(3)}: resident ${residentMb.toFixed(1)} MB; live heap ${liveMb.toFixed(1)} MB`)
  return { residentMb, liveMb }
}

/** What collect-preload.ts does in the app's process. Gives the megabytes in use afterwards; throws without an answer. */
async function collectGarbage({ output }: Stack, pid: number): Promise<number> {
  const answers = (): string[] =>
    output().flatMap((line) => /bytes in use after a collection: (\d+)/.exec(line)?.[1] ?? [])
  const known = answers().length
  process.kill(pid, 'SIGUSR2')
  const giveUpAt = performance.now() + 10_000
  while (performance.now() < giveUpAt) {
    const answer = answers()[known]
    if (answer !== undefined) return Number(answer) / 1024 ** 2
    await sleep(50)
  }
  throw new Error(`process ${pid} does not collect garbage when it is asked to`)
}
