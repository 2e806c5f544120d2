import type { TypedData } from '../protocol.ts'
import type { Schedule } from './schedule.ts'

export interface ScheduleStatus {
  /** Undefined when the timer never ran. */
  readonly last: Date | undefined
  readonly next: Date
  readonly lastUpdated: Date
}

const neverRun = '0001-01-01T00:00:00+00:00'

export interface StartDecision {
  readonly status: ScheduleStatus
  readonly isPastDue: boolean
  /** The status is not what was stored: it must be written. */
  readonly isNew: boolean
}

/** Decides at start whether a tick was missed while no host ran, from what the last host wrote down. */
export function decideAtStart(stored: ScheduleStatus | undefined, schedule: Schedule, now: Date): StartDecision {
  if (!stored) {
    const status = { last: undefined, next: schedule.next(now), lastUpdated: now }
    return { status, isPastDue: false, isNew: true }
  }
  const expected = schedule.next(stored.last ?? stored.lastUpdated)
  if (expected.getTime() === stored.next.getTime())
    return { status: stored, isPastDue: now > stored.next, isNew: false }
  // Another schedule than the stored one: it owes nothing for the time before it was there.
  const next = now > expected ? schedule.next(now) : expected
  return { status: { ...stored, next, lastUpdated: now }, isPastDue: false, isNew: true }
}

/** The status after a run; a run that came a little early counts as the tick it was meant for. */
export function advance(
  status: ScheduleStatus,
  schedule: Schedule,
  startedAt: Date,
  isScheduled: boolean,
): ScheduleStatus {
  const last = isScheduled && startedAt < status.next ? status.next : startedAt
  return { last, next: schedule.next(last), lastUpdated: last }
}

export function formatStatus(status: ScheduleStatus): string {
  return JSON.stringify(toWire(status))
}

export function parseStatus(text: string): ScheduleStatus {
  const { Last, Next, LastUpdated } = JSON.parse(text) as Record<'Last' | 'Next' | 'LastUpdated', string>
  return {
    last: Last.startsWith('0001-') ? undefined : new Date(Last),
    next: new Date(Next),
    lastUpdated: new Date(LastUpdated),
  }
}

/** The object that a timer function gets; `status` is absent for a timer that is not monitored. */
export function createTimerInput(status: ScheduleStatus | undefined, isPastDue: boolean): TypedData {
  return {
    json: JSON.stringify({
      Schedule: { AdjustForDST: true },
      ScheduleStatus: status ? toWire(status) : null,
      IsPastDue: isPastDue,
    }),
  }
}

function toWire({ last, next, lastUpdated }: ScheduleStatus): Record<string, string> {
  return { Last: last ? formatTime(last) : neverRun, Next: formatTime(next), LastUpdated: formatTime(lastUpdated) }
}

function formatTime(time: Date): string {
  return time.toISOString().replace('.000Z', 'Z').replace('Z', '+00:00')
}
