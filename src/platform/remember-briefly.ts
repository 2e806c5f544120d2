import type { Time } from './time.ts'

export interface Brevity<T> {
  readonly time: Time
  readonly forMs: number
  /** Whether this answer may be given again; what may not is asked for anew each time. */
  readonly isWorthKeeping: (answer: T) => boolean
}

/** Asks once within the time, for each key and for all who ask; a failure is told to those who waited and then tried anew. */
export function rememberBriefly<T>(
  ask: (key: string) => Promise<T>,
  { time, forMs, isWorthKeeping }: Brevity<T>,
): (key: string) => Promise<T> {
  const asked = new Map<string, { readonly answer: Promise<T>; readonly until: number }>()
  return (key) => {
    const known = asked.get(key)
    if (known && time.elapsed() < known.until) return known.answer
    const answer = ask(key)
    const entry = { answer, until: time.elapsed() + forMs }
    asked.set(key, entry)
    const forget = (): void => {
      if (asked.get(key) === entry) asked.delete(key)
    }
    answer.then((given) => isWorthKeeping(given) || forget(), forget)
    return answer
  }
}
