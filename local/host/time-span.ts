/** Reads a .NET time span (`[d.]hh:mm:ss[.fff]`) as milliseconds; undefined when it is none. */
export function parseTimeSpanMs(text: string): number | undefined {
  const match = /^(?:(\d+)\.)?(\d{1,2}):(\d{1,2}):(\d{1,2})(\.\d{1,7})?$/.exec(text.trim())
  if (!match) return undefined
  const [days, hours, minutes, seconds, fraction] = match.slice(1).map((part) => Number(part ?? 0)) as [
    number,
    number,
    number,
    number,
    number,
  ]
  if (hours > 23 || minutes > 59 || seconds > 59) return undefined
  return (((days * 24 + hours) * 60 + minutes) * 60 + seconds + fraction) * 1000
}
