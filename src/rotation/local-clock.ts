const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS

/**
 * What the clocks of one time zone show. A wall time is milliseconds since the epoch of a clock that shows the local time
 * and calls it UTC, so that the UTC getters of Date give its parts.
 */
export interface LocalClock {
  toWallMs(instantMs: number): number
  /** The first moment at which the clock shows this wall time, or, where it skips that time, a later one. */
  firstInstantMs(wallMs: number): number
}

/** `timeZone` is an IANA name; throws a RangeError on one that the runtime does not know. */
export function createLocalClock(timeZone: string): LocalClock {
  const format = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' })
  const offsetMs = (instantMs: number): number =>
    parseOffsetMs(format.formatToParts(instantMs).find(({ type }) => type === 'timeZoneName')?.value ?? '')

  return {
    toWallMs: (instantMs) => instantMs + offsetMs(instantMs),
    firstInstantMs(wallMs) {
      // No zone is a whole day away from UTC, and none changes its clocks twice within two days.
      const before = offsetMs(wallMs - DAY_MS)
      const after = offsetMs(wallMs + DAY_MS)
      // The offset from before a change comes first: of a doubled hour that is the first one.
      for (const offset of [before, after]) if (offsetMs(wallMs - offset) === offset) return wallMs - offset
      return findChangeMs(wallMs - after, wallMs - before, (instantMs) => offsetMs(instantMs) === after)
    },
  }
}

/** The first moment after `lowMs`, and at the latest `highMs`, at which the clocks are changed. */
function findChangeMs(lowMs: number, highMs: number, isChanged: (instantMs: number) => boolean): number {
  let low = lowMs
  let high = highMs
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (isChanged(middle)) high = middle
    else low = middle
  }
  return high
}

/** `GMT`, `GMT-03:30`; of long ago also `GMT+00:53:28`. */
function parseOffsetMs(text: string): number {
  const [, sign, hours, minutes, seconds] = /^GMT([+-])(\d\d):(\d\d)(?::(\d\d))?$/.exec(text) ?? []
  const size = Number(hours ?? 0) * 60 * MINUTE_MS + Number(minutes ?? 0) * MINUTE_MS + Number(seconds ?? 0) * 1000
  return sign === '-' ? -size : size
}
