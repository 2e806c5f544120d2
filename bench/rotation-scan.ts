import { setTimeout as sleep } from 'node:timers/promises'
import { DEFAULT_SETTINGS } from '../local/cloud/settings.ts'
import { type Stack, startStack } from '../local/stack.ts'
import { type Benchmark, judgeAtMost, withoutGoal } from './benchmark.ts'
import { readNodeArguments } from './node-arguments.ts'
import { UPSTREAM } from './onboarding-graph.ts'
import { readPeakResidentMb, readResidentMb } from './resident.ts'
import { createRotationConfig, prepareWorkspaces, seedCredentials, WORKSPACES } from './rotation-seed.ts'
import { scanAll } from './rotation-timer.ts'
import { fitLine } from './statistics.ts'

/** What a vault gives at once. */
const PAGE_SIZE = 25
const GOAL_MB = 150
const VAULT_COUNT = DEFAULT_SETTINGS.vaults.length

interface Scan {
  readonly seconds: number
  readonly requests: number
}

/** What the timer's look at many healthy credentials asks for, and what it keeps in memory. */
export const rotationScanBenchmark: Benchmark = {
  name: 'rotation-scan',
  measure: async ({ isQuick, say }) => {
    const sizes = isQuick ? [250, 500, 1_000] : [2_500, 5_000, 10_000]
    const stack = await startStack({
      config: createRotationConfig(),
      workspaces: WORKSPACES,
      hostFlags: ['--poll-max-ms', '200'],
      settings: { languageWorkers__node__arguments: await readNodeArguments() },
    })
    try {
      await prepareWorkspaces(stack)
      // The first one loads what is loaded late, and asks each vault where to get a token.
      await scanAll(stack)
      const pid = stack.hosts[0]?.report.workerPid ?? 0
      say(
        `${sizes.join(', ')} healthy tokens, ${WORKSPACES.length} workspaces, ${VAULT_COUNT} vaults, no injected latency:`,
      )
      say('each looked through twice; the first time remembers them in storage')
      const scans: { readonly count: number; readonly scan: Scan }[] = []
      let seeded = 0
      for (const count of sizes) {
        await seedCredentials(stack, {
          prefix: 'healthy',
          from: seeded,
          count: count - seeded,
          ageDays: 10,
          perPrincipal: 100,
        })
        seeded = count
        const first = await scanOnce(stack)
        const scan = await scanOnce(stack)
        scans.push({ count, scan })
        const resident = `${(await readResidentMb(pid)).toFixed(1)} MB resident, at most ${(await readPeakResidentMb(pid)).toFixed(1)}`
        say(
          `  ${String(count).padStart(5)}: ${first.seconds.toFixed(2)} s, then ${scan.seconds.toFixed(2)} s; ${scan.requests} requests; ${resident}`,
        )
      }
      const fit = fitLine(scans.map(({ count, scan }) => ({ x: count, y: scan.seconds })))
      say(
        `  seconds = ${fit.intercept.toFixed(2)} + ${(fit.slope * 1000).toFixed(2)} / 1000 x credentials, R² ${fit.r2.toFixed(4)}`,
      )
      const last = scans.at(-1)?.scan.requests ?? Number.NaN
      return [
        judgeAtMost(`rotation-scan-${seeded}-requests-against-least`, last / countLeast(seeded), 1),
        judgeAtMost(`rotation-scan-${seeded}-resident`, await readPeakResidentMb(pid), GOAL_MB, 'MB'),
        withoutGoal('rotation-scan-linear-fit-r2', fit.r2),
      ]
    } finally {
      await stack.stop()
    }
  },
}

async function scanOnce(stack: Stack): Promise<Scan> {
  const lastSeq = (await stack.control.requests()).at(-1)?.seq ?? 0
  const began = performance.now()
  await scanAll(stack)
  const seconds = (performance.now() - began) / 1000
  // Whatever it asked the queue to have done would show by now.
  await sleep(1_000)
  const requests = (await stack.control.requests(lastSeq)).filter(({ service }) => UPSTREAM.includes(service))
  return { seconds, requests: requests.length }
}

/** The list pages of each vault, and one list of tokens for each workspace. */
function countLeast(credentials: number): number {
  const inVault = (index: number): number => Math.floor((credentials + VAULT_COUNT - 1 - index) / VAULT_COUNT)
  const pages = DEFAULT_SETTINGS.vaults.reduce((sum, _, index) => sum + Math.ceil(inVault(index) / PAGE_SIZE), 0)
  return pages + WORKSPACES.length
}
