import { DAYS, type MaintenanceWindow } from '../platform/rotation-config.ts'
import { createLocalClock } from './local-clock.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

/** Where clocks go forward, 24 hours that begin in the evening end on the day after the next. */
const DAYS_BACK = 2
/** From today's opening, which may be over, to that of the same day a week later. */
const DAYS_AHEAD = 7

interface Opening {
  readonly startMs: number
  readonly endMs: number
}

/** Whether rotations may begin now: inside any of the windows, or at any time when there are none. */
export function isInsideWindow(windows: readonly MaintenanceWindow[], now: Date): boolean {
  return windows.length === 0 || listOpenings(windows, now).some((opening) => isInside(opening, now))
}

/** When the next window begins; `now` itself inside one, null when there are no windows. */
export function nextOpening(windows: readonly MaintenanceWindow[], now: Date): Date | null {
  const openings = listOpenings(windows, now)
  if (openings.some((opening) => isInside(opening, now))) return new Date(now)
  const starts = openings.map(({ startMs }) => startMs).filter((startMs) => startMs > now.getTime())
  return starts.length === 0 ? null : new Date(Math.min(...starts))
}

function isInside({ startMs, endMs }: Opening, now: Date): boolean {
  return startMs <= now.getTime() && now.getTime() < endMs
}

/** Every opening around now: those that may still be open, and of each window at least one to come. */
function listOpenings(windows: readonly MaintenanceWindow[], now: Date): Opening[] {
  return windows.flatMap(({ days, from, hours, timeZone }) => {
    const clock = createLocalClock(timeZone)
    const today = startOfDayMs(clock.toWallMs(now.getTime()))
    const dates = Array.from({ length: DAYS_BACK + 1 + DAYS_AHEAD }, (_, index) => today + (index - DAYS_BACK) * DAY_MS)
    return dates
      .filter((dateMs) => days.some((day) => DAYS.indexOf(day) === new Date(dateMs).getUTCDay()))
      .map((dateMs) => {
        const startMs = clock.firstInstantMs(dateMs + parseTimeMs(from))
        return { startMs, endMs: startMs + hours * HOUR_MS }
      })
  })
}

function startOfDayMs(wallMs: number): number {
  return wallMs - (((wallMs % DAY_MS) + DAY_MS) % DAY_MS)
}

/** Wall time since midnight. */
function parseTimeMs(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number)
  return (hours * 60 + minutes) * 60_000
}
