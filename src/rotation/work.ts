import { StewardError, toStewardError } from '../platform/errors.ts'
import { limits } from '../platform/limits.ts'
import { type Guard, secretExclusionKey, withExclusion } from '../trust/exclusion.ts'
import { act } from './act.ts'
import { type CredentialState, decideRotation } from './decide-rotation.ts'
import type { Decision } from './decision.ts'
import { endBadly, endWell, type Look, type WorkOutcome } from './end-work.ts'
import { type Gathered, gatherCredential, toState } from './gather.ts'
import { isInsideWindow, nextOpening } from './maintenance-window.ts'
import type { WorkMessage } from './work-message.ts'
import type { WorkPorts } from './work-ports.ts'

/** No new wait or write begins later than this; what is left goes on from the queue. */
const WORK_MS = 60_000
const BUSY_RETRY_MS = 5_000

/**
 * One look at a credential: gathers, decides, acts. It can be killed anywhere, repeated and run twice at once; only a
 * failure of Steward's own storage is thrown.
 */
export async function workOnCredential(
  ports: WorkPorts,
  message: WorkMessage,
  isRedelivered: boolean,
): Promise<WorkOutcome> {
  if (isRedelivered && (await hasGivenUp(ports, message))) return { kind: 'done', decision: GIVEN_UP }
  try {
    return await withExclusion(ports, [secretExclusionKey(message.vaultUrl, message.secretName)], (guard) =>
      workExclusively(ports, message, guard),
    )
  } catch (thrown) {
    const error = toStewardError(thrown)
    if (error.code !== 'busy') throw thrown
    const afterMs = error.retryAfterMs ?? BUSY_RETRY_MS
    await ports.enqueue(message, afterMs)
    return { kind: 'again', afterMs }
  }
}

const GIVEN_UP: Decision = { action: 'none', reason: 'backing-off' }

/** The host delivers a message again whose invocation turned red; what that message was for has been given up by then. */
async function hasGivenUp({ store, time }: WorkPorts, message: WorkMessage): Promise<boolean> {
  const failure = (await store.get(message))?.failure
  return failure?.isFailing === true && failure.nextTryAt.getTime() > time.now()
}

async function workExclusively(ports: WorkPorts, message: WorkMessage, exclusion: Guard): Promise<WorkOutcome> {
  const { store, time, draining } = ports
  const { vaultUrl, secretName } = message
  const status = await store.get({ vaultUrl, secretName })
  const patience = {
    time: { ...time, sleep: draining.sleep },
    deadline: time.elapsed() + WORK_MS,
    shouldStop: draining.isDraining,
  }
  const mayWrite: Guard = () => {
    exclusion()
    if (time.elapsed() > patience.deadline) {
      throw new StewardError('not-propagated', 'The work took too long for one turn; Steward begins another.')
    }
  }
  // Nothing new is begun while the instance stops; what is begun may still be sent, and be cleaned up after.
  const guard: Guard = () => {
    mayWrite()
    if (draining.isDraining()) throw new StewardError('busy', 'This instance is stopping; Steward goes on elsewhere.')
  }
  return limits.run({ deadline: patience.deadline, mayWrite }, async () => {
    let look: Look | null = null
    try {
      const found = await gatherCredential(ports, message, message.takesOver === true)
      const gathered = endGraces(found, message, new Date(time.now()))
      // Whoever sends a message for it wants it tried now.
      const state = { ...toState(gathered, status), nextTryAt: null }
      const decision = decideFor(ports, gathered, state, message)
      look = { gathered, decision, isProven: state.isProven === true }
      const outcome = await act(ports, { gathered, decision, message, patience, guard })
      return await endWell(ports, { message, status, look, outcome })
    } catch (thrown) {
      const error = toStewardError(thrown)
      // Whatever else keeps happening is told some time; what ends by itself is not counted.
      if (error.code === 'busy') throw error
      return endBadly(ports, { message, status, look, error })
    }
  })
}

/**
 * Every grace that a request wanted ended ends, also when what it wanted replaced was replaced before its turn came: the
 * credential that leaked is among those before.
 */
function endGraces(gathered: Gathered, { replaces, graceHours }: WorkMessage, now: Date): Gathered {
  const { current, tags } = gathered
  if (graceHours !== 0 || replaces === undefined || !tags || current?.version === replaces) return gathered
  const previous = tags.previous.map((one) => (one.retireAt < now ? one : { ...one, retireAt: now }))
  return { ...gathered, tags: { ...tags, previous } }
}

function decideFor(
  { config, time }: WorkPorts,
  gathered: Gathered,
  state: CredentialState,
  message: WorkMessage,
): Decision {
  const now = new Date(time.now())
  const isRequested = message.replaces !== undefined && gathered.current?.version === message.replaces
  if (isRequested && gathered.tags && state.isProven === true && gathered.current?.isEnabled) {
    return { action: 'rotate', reason: 'requested' }
  }
  const { maintenanceWindows, ...policy } = config.rotation
  const window = {
    isOpen: isInsideWindow(maintenanceWindows, now),
    opensAt: nextOpening(maintenanceWindows, now),
  }
  return decideRotation(state, { ...policy, ...gathered.tags?.overrides }, window, now)
}
