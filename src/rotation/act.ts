import { StewardError } from '../platform/errors.ts'
import type { Patience } from '../platform/propagation.ts'
import type { CredentialTags } from '../trust/credential-tags.ts'
import type { Guard } from '../trust/exclusion.ts'
import type { Decision } from './decision.ts'
import type { Gathered } from './gather.ts'
import { makeRoom } from './make-room.ts'
import { recordDeed, recordIntention } from './record-deed.ts'
import { planRetirement, retirePrevious } from './retire.ts'
import { copyCredential, describeCredential, rotateCredential, type Work } from './rotate.ts'
import { sweepOrphans } from './sweep.ts'
import type { WorkMessage } from './work-message.ts'
import type { WorkPorts } from './work-ports.ts'

export interface Acting {
  readonly gathered: Gathered
  readonly decision: Decision
  readonly message: WorkMessage
  readonly patience: Patience
  readonly guard: Guard
}

/** What was done, and when to look again. */
export interface ActOutcome {
  readonly didSomething: boolean
  readonly stillUsedUntil: Date | null
  readonly againAt: Date | null
}

/** What came of one deed. */
interface Outcome {
  readonly created?: string
  readonly revoked?: readonly string[]
  /** More than the decision's reason tells. */
  readonly reason?: string
  readonly stillUsedUntil?: Date | null
  readonly againAt?: Date | null
}

const NOTHING: ActOutcome = { didSomething: false, stillUsedUntil: null, againAt: null }

/** Does what was decided, sweeps what was lost on the way, and records both. */
export async function act(ports: WorkPorts, acting: Acting): Promise<ActOutcome> {
  const { gathered, decision, patience, guard } = acting
  const { tags, provider } = gathered
  const isKept = decision.action === 'none' && decision.reason !== 'healthy' && decision.reason !== 'outside-window'
  if (!tags || !provider || isKept) return NOTHING
  const { maintenanceWindows: _windows, ...policy } = ports.config.rotation
  const look: Work = {
    gathered: { ...gathered, tags, provider },
    policy: { ...policy, ...tags.overrides },
    patience,
    guard,
  }
  const swept = await sweep(ports, acting, look)
  const work: Work = { ...look, gathered: swept.gathered }
  const { didSomething, againAt } = swept
  if (decision.action === 'none' || decision.action === 'sweep' || decision.action === 'check') {
    return { didSomething, stillUsedUntil: null, againAt }
  }
  if (decision.action === 'retire') {
    const { leaving, stillUsedUntil } = planRetirement(work, new Date(patience.time.now()))
    // Every fire of the timer finds that nothing has changed; that is no news each time.
    if (leaving.length === 0) return { didSomething, stillUsedUntil, againAt }
  }
  await recordIntention(ports, acting, decision)
  const outcome = await DEEDS[decision.action](ports, work, acting)
  await recordDeed(ports, acting, { ...decision, ...outcome })
  return {
    didSomething: true,
    stillUsedUntil: outcome.stillUsedUntil ?? null,
    againAt: earliest(againAt, outcome.againAt ?? null),
  }
}

/** What lies below another's version is named by it no more, so nobody can tell what is lost there. */
async function sweep(
  ports: WorkPorts,
  acting: Acting,
  look: Work,
): Promise<{ readonly gathered: Work['gathered']; readonly didSomething: boolean; readonly againAt: Date | null }> {
  if (look.gathered.isDetached) return { gathered: look.gathered, didSomething: false, againAt: null }
  const { gathered, revoked, promised, againAt } = await sweepOrphans(look)
  if (promised.length > 0) await recordDeed(ports, acting, { action: 'sweep', reason: 'overtaken' })
  if (revoked.length > 0) await recordDeed(ports, acting, { action: 'sweep', reason: 'orphaned', revoked })
  return { gathered, didSomething: revoked.length + promised.length > 0, againAt }
}

type DeedName = Exclude<Decision['action'], 'none' | 'sweep' | 'check'>

const DEEDS: Readonly<Record<DeedName, (ports: WorkPorts, work: Work, acting: Acting) => Promise<Outcome>>> = {
  rotate: async (ports, work, { decision, message }) => {
    // The message may have come for a version that was replaced long ago.
    const wished = decision.reason === 'requested' ? message.graceHours : undefined
    const { previous, revoked } = await makeRoom(work, wished ?? work.policy.graceHours)
    const renewed = await rotateCredential(ports, work, previous)
    return { created: renewed.credentialId, revoked, againAt: lookForEndedGrace(renewed, work) }
  },

  copy: async (ports, work) => {
    const { current, tags } = work.gathered
    if (current) await copyCredential(ports, work, current, tags)
    return { againAt: lookForEndedGrace(tags, work) }
  },

  touch: async (_ports, { gathered: { vault, ref, provider, current } }) => {
    if (!current) return {}
    const value = await vault.readSecretValue(ref.secretName, current.version)
    if ((await provider.use(value)) === 'accepted') return {}
    throw new StewardError(
      'upstream-rejected',
      `The ${describeCredential(ref)} holds a credential that does not work, although its service lists it as alive. Rotate it now: POST /credentials/{vault}/{secret}/rotations.`,
    )
  },

  retire: async (_ports, work) => {
    const { leaving, reasons, stillUsedUntil } = planRetirement(work, new Date(work.patience.time.now()))
    await retirePrevious(work, leaving)
    return { revoked: leaving.map(({ credentialId }) => credentialId), reason: reasons.join(', '), stillUsedUntil }
  },
}

/** A grace that is over already ends with another look at once. */
function lookForEndedGrace({ previous }: CredentialTags, { patience: { time } }: Work): Date | null {
  const now = time.now()
  return previous.some(({ retireAt }) => retireAt.getTime() <= now) ? new Date(now) : null
}

function earliest(a: Date | null, b: Date | null): Date | null {
  if (!a || !b) return a ?? b
  return a < b ? a : b
}
