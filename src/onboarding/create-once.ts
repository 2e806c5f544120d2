import { StewardError } from '../platform/errors.ts'
import { type Patience, waitForPropagation } from './propagation.ts'

export interface OnceOptions<T> {
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
 * either creates it or learns that it is there; then it is looked for until the replicas show it.
 */
export async function createOnce<T>(options: OnceOptions<T>): Promise<T> {
  const { create, find, subject, patience, guard } = options
  let isThere = false
  return waitForPropagation({
    subject,
    patience,
    attempt: async () => {
      if (isThere) return (await find()) ?? undefined
      guard()
      const outcome = await create().catch(toUnknownOutcome)
      if (outcome === 'outcome-unknown' || outcome === 'not-yet') return undefined
      if (outcome !== 'already-exists') return outcome
      isThere = true
      return (await find()) ?? undefined
    },
  })
}

/** Turns the one failure that leaves the outcome open into a value; every other failure stays thrown. */
export function toUnknownOutcome(error: unknown): 'outcome-unknown' {
  if (error instanceof StewardError && error.code === 'outcome-unknown') return 'outcome-unknown'
  throw error
}
