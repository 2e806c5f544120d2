// The real host reads some payloads with a JSON library that takes strings which look like times for times,
// and writes them again in its own way. These are its rules, as recorded.

interface RecognisedTime {
  /** The clock reading to write, as if it were UTC. */
  readonly reading: Date
  /** `.123`, without trailing zeros, or nothing. */
  readonly fraction: string
  /** `Z`, the host's own offset, or nothing. */
  readonly zone: string
}

const isoTime = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d{1,7})?(Z|[+-]\d\d:\d\d)?$/
const microsoftTime = /^\/Date\((-?\d+)\)\/$/

/** Rewrites every string in a JSON value that looks like a full time, as an Event Grid event's are. */
export function rewriteTimes(value: unknown): unknown {
  if (typeof value === 'string') {
    const time = recogniseTime(value)
    return time ? `${time.reading.toISOString().slice(0, 19)}${time.fraction}${time.zone}` : value
  }
  if (Array.isArray(value)) return value.map(rewriteTimes)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, rewriteTimes(one)]))
}

/** Writes a string that looks like a full time as `MM/dd/yyyy HH:mm:ss`, as in the metadata of a queue message. */
export function formatInvariantTime(text: string): string {
  const time = recogniseTime(text)
  if (!time) return text
  const [date = '', clock = ''] = time.reading.toISOString().slice(0, 19).split('T')
  const [year, month, day] = date.split('-')
  return `${month}/${day}/${year} ${clock}`
}

function recogniseTime(text: string): RecognisedTime | undefined {
  const microsoft = microsoftTime.exec(text)
  if (microsoft) {
    const reading = new Date(Number(microsoft[1]))
    const ms = reading.getUTCMilliseconds()
    return { reading, fraction: trimFraction(`.${String(ms).padStart(3, '0')}`), zone: 'Z' }
  }
  const [, clock, fraction = '', zone = ''] = isoTime.exec(text) ?? []
  if (clock === undefined) return undefined
  const reading = new Date(`${clock}Z`)
  // The round trip refuses days that do not exist, such as the 31st of February.
  if (Number.isNaN(reading.getTime()) || reading.toISOString().slice(0, 19) !== clock) return undefined
  if (zone === '' || zone === 'Z') return { reading, fraction: trimFraction(fraction), zone }
  return { ...toLocalReading(new Date(`${clock}${zone}`)), fraction: trimFraction(fraction) }
}

function toLocalReading(instant: Date): { reading: Date; zone: string } {
  const offsetMinutes = -instant.getTimezoneOffset()
  const sign = offsetMinutes < 0 ? '-' : '+'
  const [hours, minutes] = [Math.trunc(Math.abs(offsetMinutes) / 60), Math.abs(offsetMinutes) % 60]
  const zone = `${sign}${String(hours).padStart(2, '0')}:${String(minutes).padStart(2, '0')}`
  return { reading: new Date(instant.getTime() + offsetMinutes * 60_000), zone }
}

function trimFraction(fraction: string): string {
  return fraction.replace(/\.?0+$/, '')
}
