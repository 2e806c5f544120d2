import { Cron } from 'croner'
import { parseTimeSpanMs } from '../time-span.ts'

export interface Schedule {
  readonly description: string
  next(after: Date): Date
}

const minuteMs = 60_000
/** Signs that the cron library knows and NCRONTAB does not. */
const foreignSigns = /[?#]|\d[LW]|\bL\b/i

/** Reads an NCRONTAB expression of five or six fields (UTC) or a time span; throws on anything else. */
export function parseSchedule(expression: string): Schedule {
  const intervalMs = parseTimeSpanMs(expression)
  if (intervalMs !== undefined) {
    return {
      description: `Constant: ${expression}`,
      next: (after) => new Date(after.getTime() + intervalMs),
    }
  }
  const fields = expression.trim().split(/\s+/)
  if (fields.length < 5 || fields.length > 6 || foreignSigns.test(expression)) throw createScheduleError(expression)
  const pattern = (fields.length === 5 ? ['0', ...fields] : fields).join(' ')
  // NCRONTAB wants day of month and day of week both to match, where classic cron is content with one.
  const cron = createCron(pattern, expression)
  return {
    description: `Cron: '${pattern}'`,
    next(after) {
      const next = cron.nextRun(after)
      if (!next) throw createScheduleError(expression)
      return next
    },
  }
}

function createCron(pattern: string, expression: string): Cron {
  try {
    return new Cron(pattern, { mode: '6-part', timezone: 'UTC', domAndDow: true, paused: true })
  } catch (cause) {
    throw createScheduleError(expression, cause)
  }
}

function createScheduleError(expression: string, cause?: unknown): Error {
  return new Error(`the schedule "${expression}" is neither an NCRONTAB expression nor a time span`, { cause })
}

export function listNext(schedule: Schedule, after: Date, count: number): Date[] {
  const occurrences: Date[] = []
  for (let time = after; occurrences.length < count; ) {
    time = schedule.next(time)
    occurrences.push(time)
  }
  return occurrences
}

/** Of schedules with less than a minute between two ticks the host remembers nothing. */
export function isTooShortToMonitor(schedule: Schedule, now: Date): boolean {
  const occurrences = listNext(schedule, now, 5)
  return occurrences.some((time, index) => {
    const previous = occurrences[index - 1]
    return previous !== undefined && time.getTime() - previous.getTime() < minuteMs
  })
}
