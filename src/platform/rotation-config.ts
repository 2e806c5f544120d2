import { z } from 'zod'
import { findPolicyContradictions, policyFields } from './rotation-policy.ts'

/** Days of the week as Date counts them: Sunday is 0. */
export const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const

const days = z
  .array(z.enum(DAYS))
  .min(1)
  .default([...DAYS])
  .describe('Days on which the window begins, as its time zone counts them; every day when left out.')
const from = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time from 00:00 to 23:59, with two digits each')
  .describe(
    'Local time at which the window begins. When clocks skip it, the window begins right after; when they repeat it, at the first of the two.',
  )
const hours = z.int().min(1).max(24).describe('How many hours the window lasts, over midnight where need be.')
const timeZone = z
  .string()
  .refine(isTimeZone, 'is no time zone that is known here: give an IANA name such as Europe/Berlin or UTC')
  .describe('IANA name of the time zone of the days and the time, such as Europe/Berlin.')

const maintenanceWindow = z.strictObject({ days, from, hours, timeZone })

/** A stretch of time that comes back on certain days of each week, in which rotations may begin. */
export interface MaintenanceWindow {
  /** The local days on which it begins. */
  readonly days: readonly (typeof DAYS)[number][]
  /** Local time at which it begins, as HH:MM. */
  readonly from: string
  /** Its length in hours that really pass, whatever the clocks are set to meanwhile. */
  readonly hours: number
  /** IANA name. */
  readonly timeZone: string
}

const lifetimeDays = policyFields.lifetimeDays.default(90)
const renewBeforeDays = policyFields.renewBeforeDays.default(30)
const graceHours = policyFields.graceHours.default(48)

/** The section `rotation` of the configuration: what holds for every credential that says nothing else. */
export const rotationSection = z
  .strictObject({
    lifetimeDays,
    renewBeforeDays,
    graceHours,
    whenStillUsed: policyFields.whenStillUsed.default('revoke'),
    maxWaitHours: policyFields.maxWaitHours.default(168),
    maintenanceWindows: z
      .array(maintenanceWindow)
      .max(50)
      .default([])
      .describe('When credentials that are due may be replaced; at any time when there is none.'),
  })
  .prefault({})
  .describe('How credentials are kept fresh. A single credential may have a policy of its own.')

/** A number that is wrong by itself is told elsewhere: it contradicts nothing, as NaN does. */
const outline = z
  .object({
    lifetimeDays: lifetimeDays.catch(Number.NaN),
    renewBeforeDays: renewBeforeDays.catch(Number.NaN),
    graceHours: graceHours.catch(Number.NaN),
    maintenanceWindows: z.array(z.object(maintenanceWindow.shape).nullable().catch(null)).catch([]),
  })
  .nullable()
  .catch(null)

/** What contradicts itself in a section that may be wrong anywhere else, with paths from the section on. */
export function findRotationContradictions(section: unknown): { path: (string | number)[]; message: string }[] {
  const known = outline.parse(section)
  if (!known) return []
  const keys = known.maintenanceWindows.map((window) =>
    window
      ? JSON.stringify([[...new Set(window.days)].toSorted(), window.from, window.hours, window.timeZone.toLowerCase()])
      : null,
  )
  const twice = keys.flatMap((key, index) => (key !== null && keys.indexOf(key) < index ? [index] : []))
  return [
    ...findPolicyContradictions(known).map(({ field, message }) => ({ path: [field], message })),
    ...twice.map((index) => ({ path: ['maintenanceWindows', index], message: 'is listed twice: remove one' })),
  ]
}

/** Offsets such as +01:00, which the runtime takes too, know nothing of summer time. */
function isTimeZone(name: string): boolean {
  if (!/^[a-z]/i.test(name)) return false
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}
