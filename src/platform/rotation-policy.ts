import { z } from 'zod'

/** What becomes of a previous credential that was used after the rotation that replaced it. */
const WHEN_STILL_USED = ['revoke', 'wait'] as const

/** The parts of a policy, each alone; what holds between them is `findPolicyContradictions`. */
export const policyFields = {
  lifetimeDays: z.int().min(1).max(730).describe('Life of a new credential, in days.'),
  renewBeforeDays: z
    .int()
    .min(1)
    .max(365)
    .describe('How many days before its expiry a credential is replaced; less than its life.'),
  graceHours: z
    .int()
    .min(0)
    .max(2160)
    .describe(
      'How many hours the previous credential stays valid after it was replaced; at most renewBeforeDays. With less than 48 hours nobody can tell whether it is still used.',
    ),
  whenStillUsed: z
    .enum(WHEN_STILL_USED)
    .describe(
      'What happens when the previous token was used after the day of the rotation and its grace is over: "revoke" it all the same, or "wait" up to maxWaitHours.',
    ),
  maxWaitHours: z
    .int()
    .min(0)
    .max(2160)
    .describe('With whenStillUsed "wait": how many hours longer than its grace the previous token may live.'),
} as const

/** When a credential is replaced, and what becomes of the one before. */
export interface RotationPolicy {
  readonly lifetimeDays: number
  readonly renewBeforeDays: number
  readonly graceHours: number
  readonly whenStillUsed: (typeof WHEN_STILL_USED)[number]
  readonly maxWaitHours: number
}

/** Everything that a policy contradicts itself in, as messages behind the field's name. */
export function findPolicyContradictions({
  lifetimeDays,
  renewBeforeDays,
  graceHours,
}: Pick<RotationPolicy, 'lifetimeDays' | 'renewBeforeDays' | 'graceHours'>): { field: string; message: string }[] {
  const found = []
  if (renewBeforeDays >= lifetimeDays) {
    found.push({
      field: 'renewBeforeDays',
      message: `(${renewBeforeDays}) must be less than lifetimeDays (${lifetimeDays}): else every credential is due as soon as it is made`,
    })
  }
  if (graceHours > renewBeforeDays * 24) {
    found.push({
      field: 'graceHours',
      message: `(${graceHours}) must be at most renewBeforeDays (${renewBeforeDays} days): the previous credential expires by then`,
    })
  }
  return found
}
