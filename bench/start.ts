import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { type Benchmark, judgeAtLeast, judgeAtMost, type Run } from './benchmark.ts'
import { prepareStartApps, type StartApps } from './start-apps.ts'
import { describeMs, median } from './statistics.ts'

const SIDES = ['steward', 'hello', 'unbundled'] as const
type Side = (typeof SIDES)[number]

interface Start {
  /** Since the process began, by Node's own clock: to where the entry's loading begins, and to where it has ended. */
  readonly beforeMs: number
  readonly readyMs: number
  /** Processor time of all its threads, which a busy machine hardly changes. */
  readonly cpuMs: number
  readonly functions: readonly string[]
}

/** Cold start: from the start of a process to the app loaded and its functions registered. */
export const startBenchmark: Benchmark = {
  name: 'start',
  measure: async ({ isQuick, say }) => {
    const apps = await prepareStartApps()
    try {
      const runs = isQuick ? 5 : 21
      // Once unmeasured, so that no side pays for reading files that another finds in memory.
      const functions = await countFunctions(apps)
      const starts: Record<Side, Start[]> = { steward: [], hello: [], unbundled: [] }
      for (let run = 0; run < runs; run += 1) {
        for (const side of rotate(SIDES, run)) starts[side].push(await startOnce(apps, side))
      }
      say(`time from process start to functions registered, median of ${runs} interleaved runs each:`)
      const readyMs = tellStarts(starts, functions, say)
      return [
        judgeAtMost('start-against-hello-world', readyMs.steward / readyMs.hello, 1.3),
        judgeAtLeast('start-unbundled-against-bundle', readyMs.unbundled / readyMs.steward, 5),
      ]
    } finally {
      await apps.remove()
    }
  },
}

async function startOnce({ starter, core, ...entries }: StartApps, side: Side): Promise<Start> {
  const { stdout } = await promisify(execFile)(process.execPath, [starter, core, entries[side]], {
    // Nothing of the caller's, above all no compile cache.
    env: { NODE_DISABLE_COMPILE_CACHE: '1' },
  })
  return JSON.parse(stdout)
}

/** Throws when a side registers nothing, or when the two forms of the app do not register the same. */
async function countFunctions(apps: StartApps): Promise<Record<Side, number>> {
  const steward = (await startOnce(apps, 'steward')).functions
  const hello = (await startOnce(apps, 'hello')).functions
  const unbundled = (await startOnce(apps, 'unbundled')).functions
  if (steward.length === 0 || hello.length !== 1 || steward.join() !== unbundled.join()) {
    throw new Error(`registered: steward ${steward}; hello ${hello}; unbundled ${unbundled}`)
  }
  return { steward: steward.length, hello: hello.length, unbundled: unbundled.length }
}

/** Each round begins with another side, so that none is always the first. */
function rotate<T>(sides: readonly T[], by: number): T[] {
  return sides.map((_, index) => sides[(index + by) % sides.length] as T)
}

const TITLES: Readonly<Record<Side, string>> = {
  steward: 'Steward, the bundle',
  hello: 'hello world, bundled alike',
  unbundled: 'Steward, unbundled, all loaded',
}

function tellStarts(
  starts: Readonly<Record<Side, readonly Start[]>>,
  functions: Readonly<Record<Side, number>>,
  say: Run['say'],
): Record<Side, number> {
  const collect = (value: (start: Start) => number): Record<Side, number[]> => ({
    steward: starts.steward.map(value),
    hello: starts.hello.map(value),
    unbundled: starts.unbundled.map(value),
  })
  const ready = collect(({ readyMs }) => readyMs)
  const load = collect(({ readyMs, beforeMs }) => readyMs - beforeMs)
  const cpu = collect(({ cpuMs }) => cpuMs)
  for (const side of SIDES) {
    say(`  ${TITLES[side].padEnd(31)} ${describeMs(ready[side])}; ${functions[side]} functions`)
    say(`  ${' '.repeat(31)} of this to load the app ${describeMs(load[side])}; processor ${describeMs(cpu[side])}`)
  }
  tellRatios('without Node itself', load, say)
  tellRatios('in processor time', cpu, say)
  return { steward: median(ready.steward), hello: median(ready.hello), unbundled: median(ready.unbundled) }
}

function tellRatios(what: string, values: Readonly<Record<Side, readonly number[]>>, say: Run['say']): void {
  const [steward, hello, unbundled] = SIDES.map((side) => median(values[side])) as [number, number, number]
  say(
    `  ${what}: ${(steward / hello).toFixed(2)} x hello world; unbundled ${(unbundled / steward).toFixed(2)} x the bundle`,
  )
}
