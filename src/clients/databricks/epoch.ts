import { z } from 'zod'

/** A point in time in milliseconds since 1970, as a number or as its digits; 0 and -1 stand for none, and so does nothing at all. */
export const epochMs = z
  .union([z.int(), z.string().regex(/^-?\d{1,16}$/)])
  .nullish()
  .transform((ms, context): Date | null => {
    const date = new Date(Number(ms ?? 0))
    if (date.getTime() <= 0) return null
    if (!Number.isNaN(date.getTime())) return date
    context.addIssue({ code: 'custom', message: 'is not a date' })
    return z.NEVER
  })
