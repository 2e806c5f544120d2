import { setTimeout as sleep } from 'node:timers/promises'
import { createPipeline } from '../../local/pipeline.ts'
import type { OnboardingView } from '../../src/onboarding/view.ts'
import { killHost, type Lane } from './lanes.ts'
import { describeCall, type UpstreamCall } from './upstream-calls.ts'

/** Holds the call on one side of its effect, kills the host there, starts another, and follows the onboarding to its end. */
export async function killAt(
  lane: Lane,
  side: 'before' | 'after',
  call: UpstreamCall,
  request: unknown,
  beforeRestart: (stack: Lane['stack']) => Promise<unknown> = async () => undefined,
): Promise<OnboardingView> {
  const { stack, pipeline, host } = lane
  const { control } = stack
  await control.addFault({ kind: `hold-${side}`, ...call, route: call.route.replaceAll('.', '\\.') })
  const accepted = await pipeline.call('POST', '/api/onboardings', request)
  for (let tries = 0; (await control.held()).length === 0; tries += 1) {
    if (tries > 300) throw new Error(`the onboarding never made the call ${describeCall(call)}`)
    await sleep(50)
  }
  await killHost(host)
  await control.clearFaults()
  await beforeRestart(stack)
  const { baseUrl } = await stack.startHost()
  const location = new URL(accepted.headers.get('location') ?? '')
  return createPipeline(baseUrl).follow(location.pathname, undefined, 200_000)
}
