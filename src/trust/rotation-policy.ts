import { z } from 'zod'
import { policyFields, type RotationPolicy } from '../platform/rotation-policy.ts'

/** What one credential has otherwise than the configuration. */
export type PolicyOverrides = Partial<RotationPolicy>

/** Digits alone: what JavaScript takes for a number besides them is nothing that we wrote. */
const digits = z.string().regex(/^\d+$/).transform(Number)

const overridesSchema = z
  .strictObject({
    lifetimeDays: digits.pipe(policyFields.lifetimeDays),
    renewBeforeDays: digits.pipe(policyFields.renewBeforeDays),
    graceHours: digits.pipe(policyFields.graceHours),
    whenStillUsed: policyFields.whenStillUsed,
    maxWaitHours: digits.pipe(policyFields.maxWaitHours),
  })
  .partial()

/** The tag of a credential that has the configuration's policy. */
const AS_CONFIGURED = 'as-configured'

/** `lifetimeDays=30 graceHours=72`: readable in the portal, and far below a tag's 256 characters. */
export function formatOverrides(overrides: PolicyOverrides): string {
  const parts = Object.entries(overrides).flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${value}`]))
  return parts.length === 0 ? AS_CONFIGURED : parts.join(' ')
}

/** Null for what is no such text. */
export function parseOverrides(text: string): PolicyOverrides | null {
  if (text === AS_CONFIGURED) return {}
  const parts = text.split(' ').map((part) => /^([a-zA-Z]+)=([a-z0-9]+)$/.exec(part))
  const fields = new Map(parts.map((part) => [part?.[1], part?.[2]]))
  // Of two that are alike nobody knows which one is meant.
  if (parts.includes(null) || fields.size < parts.length) return null
  const parsed = overridesSchema.safeParse(Object.fromEntries(fields))
  return parsed.success ? withoutUndefined(parsed.data) : null
}

/** `exactOptionalPropertyTypes`: zod's partial allows undefined, a policy does not. */
function withoutUndefined(overrides: z.output<typeof overridesSchema>): PolicyOverrides {
  return Object.fromEntries(Object.entries(overrides).filter(([, value]) => value !== undefined))
}
