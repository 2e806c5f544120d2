import { setTimeout as sleep } from 'node:timers/promises'
import type { CloudControl } from '../../local/cloud/control.ts'
import { createPipeline, type Pipeline } from '../../local/pipeline.ts'
import type { OnboardingView } from '../../src/onboarding/view.ts'
import { killHost, type Lane } from './lanes.ts'
import { describeCall, hitCall, type UpstreamCall } from './upstream-calls.ts'

export type Side = 'before' | 'after'

/** An onboarding, or offboarding, and the call at which it is stopped, on one side of its effect. */
export interface StopCase {
  readonly side: Side
  readonly call: UpstreamCall
  readonly request: unknown
  /** `/api/onboardings` when absent. */
  readonly path?: string
}

/** Holds the call on one side of its effect, kills the host there, starts another, and follows the onboarding to its end. */
export async function killAt(
  lane: Lane,
  side: Side,
  call: UpstreamCall,
  request: unknown,
  beforeRestart: (stack: Lane['stack']) => Promise<unknown> = async () => undefined,
): Promise<OnboardingView | undefined> {
  const [view] = await killAllAt(lane, [{ side, call, request }], beforeRestart)
  return view
}

/** The same with many, each held at its own call, that all die with their host. */
export async function killAllAt(
  { stack, pipeline, host }: Lane,
  cases: readonly StopCase[],
  beforeRestart: (stack: Lane['stack']) => Promise<unknown> = async () => undefined,
): Promise<OnboardingView[]> {
  const locations = await stopAllAt(stack.control, pipeline, cases)
  await killHost(host)
  await stack.control.clearFaults()
  await beforeRestart(stack)
  const { baseUrl } = await stack.startHost()
  return followAll(baseUrl, locations)
}

/** Starts them one after the other, each as soon as the one before is held and does nothing more; gives their locations. */
export async function stopAllAt(
  control: CloudControl,
  pipeline: Pipeline,
  cases: readonly StopCase[],
): Promise<string[]> {
  const locations: string[] = []
  for (const { side, call, request, path = '/api/onboardings' } of cases) {
    await control.addFault(hitCall(call, { kind: `hold-${side}` }))
    const accepted = await pipeline.call('POST', path, request)
    const location = accepted.headers.get('location')
    if (location === null) throw new Error(`${path} answered ${accepted.status}: ${JSON.stringify(accepted.body)}`)
    locations.push(new URL(location).pathname)
    await waitForHeld(control, locations.length, `nobody made the call ${describeCall(call)}`)
    if (cases.length > 1) await waitForQuiet(control)
  }
  return locations
}

export function followAll(baseUrl: string, locations: readonly string[]): Promise<OnboardingView[]> {
  const pipeline = createPipeline(baseUrl)
  return Promise.all(locations.map((location) => pipeline.follow(location, undefined, 200_000)))
}

export async function waitForHeld(control: CloudControl, count: number, complaint: string): Promise<void> {
  for (let tries = 0; (await control.held()).length < count; tries += 1) {
    if (tries > 300) throw new Error(complaint)
    await sleep(50)
  }
}

const QUIET_MS = 300

/** Until what goes on beside the held call has come to its end: else the next fault could hit it. */
export async function waitForQuiet(control: CloudControl): Promise<void> {
  let seq = 0
  for (;;) {
    await sleep(QUIET_MS)
    const latest = (await control.requests(seq)).at(-1)?.seq
    if (latest === undefined) return
    seq = latest
  }
}
