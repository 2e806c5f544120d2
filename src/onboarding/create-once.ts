import { StewardError } from '../platform/errors.ts'
import { type Patience, waitForPropagation } from './propagation.ts'

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

/** Turns the one failure that leaves the outcome open into a value; every other failure stays thrown. */
export function toUnknownOutcome(error: unknown): 'outcome-unknown' {
  if (error instanceof StewardError && error.code === 'outcome-unknown') return 'outcome-unknown'
  throw error
}

/** What is there although the look before did not see it has not been judged: the next run looks again. */
export function lookAgain(subject: string): StewardError {
  return new StewardError(
    'not-propagated',
    `${subject} turned out to be there already, unseen by the look before; Steward looks again before it goes on.`,
  )
}
