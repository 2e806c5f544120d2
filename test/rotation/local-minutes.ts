const MINUTE_MS = 60_000
const DAY_MS = 1440 * MINUTE_MS
const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']

/** A local minute, and the first moment at which it is that late there. */
export interface LocalMinute {
  readonly atMs: number
  readonly day: string
  readonly time: string
}

/**
 * Watches the clocks of a zone from minute to minute, as somebody who knows nothing of offsets would: whatever the clock
 * has reached or gone past for the first time has begun, and nothing begins again when it is set back.
 */
export function watchMinutes(timeZone: string, fromMs: number, days: number): LocalMinute[] {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    ...{ year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric' },
  })
  const readClock = (atMs: number): number => {
    const parts = Object.fromEntries(format.formatToParts(atMs).map(({ type, value }) => [type, Number(value)]))
    const { year = 0, month = 0, day = 0, hour = 0, minute = 0 } = parts
    return Date.UTC(year, month - 1, day, hour, minute)
  }
  const seen: LocalMinute[] = []
  let reached = readClock(fromMs) - MINUTE_MS
  for (let atMs = fromMs; atMs < fromMs + days * DAY_MS; atMs += MINUTE_MS) {
    const shown = readClock(atMs)
    for (; reached < shown; ) {
      reached += MINUTE_MS
      const minute = new Date(reached)
      seen.push({ atMs, day: WEEKDAYS[minute.getUTCDay()] ?? '', time: minute.toISOString().slice(11, 16) })
    }
  }
  return seen
}
