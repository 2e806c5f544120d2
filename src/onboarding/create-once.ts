import { StewardError } from '../platform/errors.ts'
import { toUnknownOutcome } from '../platform/outcomes.ts'
import { type Patience, waitForPropagation } from '../platform/propagation.ts'
import type { Intents } from './step.ts'

interface OnceOptions<T> {
  /** One attempt to create; `not-yet` while what it builds on is still replicating. */
  readonly create: () => Promise<T | 'already-exists' | 'not-yet'>
  /** Looks for it by the key that the service keeps unique. */
  readonly find: () => Promise<T | null>
  readonly subject: string
  readonly patience: Patience
  readonly guard: () => void
}

/**
 * Creates a thing that the service itself keeps from existing twice. A lost answer is followed by another attempt, which
 * either creates it or learns that it is there; then it is looked for until the replicas show it. `wasThere`: somebody
 * else made it, or an earlier run whose work the look before did not see.
 */
export async function createOnce<T>(options: OnceOptions<T>): Promise<{ thing: T; wasThere: boolean }> {
  const { create, find, subject, patience, guard } = options
  let isThere = false
  let mayBeOurs = false
  return waitForPropagation({
    subject,
    patience,
    attempt: async () => {
      if (!isThere) {
        guard()
        const outcome = await create().catch(toUnknownOutcome)
        if (outcome === 'outcome-unknown') mayBeOurs = true
        if (outcome === 'outcome-unknown' || outcome === 'not-yet') return undefined
        if (outcome !== 'already-exists') return { thing: outcome, wasThere: false }
        isThere = true
      }
      const thing = await find()
      return thing === null ? undefined : { thing, wasThere: !mayBeOurs }
    },
  })
}

interface UnkeyedOptions<T> {
  /** Names the creation in the onboarding's record. */
  readonly intent: string
  /** One attempt to create. */
  readonly create: () => Promise<T>
  /** Looks for it by our mark. */
  readonly find: () => Promise<T | undefined>
  readonly subject: string
  readonly patience: Patience
  readonly guard: () => void
  readonly intents: Intents
}

/** Lists lag behind creates; a create that may be on its way is looked for this long before another is sent. */
const LOST_CREATE_BOUND_MS = 20_000

/**
 * Creates a thing that gets its id from the service, which would as gladly make a second one. The intent goes first;
 * after a lost answer, in this run or an earlier one, our mark is watched for before another attempt.
 */
export async function createUnkeyed<T>(options: UnkeyedOptions<T>): Promise<T> {
  const { intent, create, find, subject, patience, guard, intents } = options
  const findLost = (): Promise<T | undefined> =>
    waitForPropagation({ attempt: find, subject, patience, boundMs: LOST_CREATE_BOUND_MS }).catch((error: unknown) => {
      if (error instanceof StewardError && error.code === 'not-propagated') return undefined
      throw error
    })
  const lost = intents.has(intent) ? await findLost() : undefined
  if (lost !== undefined) return lost
  await intents.write(intent)
  guard()
  const outcome = await create().then(
    (thing) => ({ thing }),
    (error: unknown) => toUnknownOutcome(error),
  )
  if (outcome !== 'outcome-unknown') return outcome.thing
  const late = await findLost()
  if (late !== undefined) return late
  throw new StewardError(
    'outcome-unknown',
    `${subject} was asked for, but Databricks neither confirmed nor shows it; Steward looks again.`,
  )
}
