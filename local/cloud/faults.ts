/** Which requests a fault or a delay is for; an absent field matches everything. */
export interface Match {
  readonly service?: string
  readonly host?: string
  readonly method?: string
  /** A route's name, or a regular expression over it. */
  readonly route?: string
}

export type FaultKind = 'status' | 'drop' | 'lost-answer' | 'slow' | 'hold-before' | 'hold-after'

/**
 * `status`: this answer instead of the effect. `drop`: the connection dies before the effect; `lost-answer`: after it.
 * `slow`: `delayMs` before the effect, which comes even when the caller has given up. `hold-before`, `hold-after`: kept waiting on that side of the effect until released.
 */
export interface Fault extends Match {
  readonly kind: FaultKind
  readonly status?: number
  readonly retryAfterSeconds?: number
  readonly headers?: Readonly<Record<string, string>>
  /** Of the `status` answer; the service's own error shape when absent. */
  readonly body?: unknown
  readonly delayMs?: number
  /** How many matching requests pass unharmed first; 0 when absent. */
  readonly skip?: number
  /** How many requests are hit; 1 when absent. */
  readonly count?: number
}

export interface Candidate {
  readonly service: string
  readonly host: string
  readonly method: string
  readonly route: string
}

export interface FaultBook {
  add(fault: Fault): number
  clear(): void
  list(): readonly (Fault & { readonly id: number; readonly hits: number })[]
  /** The fault that hits this request, if any; counts it. */
  take(candidate: Candidate): Fault | undefined
}

export function createFaultBook(): FaultBook {
  let nextId = 1
  let entries: { id: number; fault: Fault; seen: number; hits: number }[] = []
  return {
    add: (fault) => {
      entries.push({ id: nextId, fault, seen: 0, hits: 0 })
      return nextId++
    },
    clear: () => {
      entries = []
    },
    list: () => entries.map(({ id, fault, hits }) => ({ ...fault, id, hits })),
    take: (candidate) => {
      for (const entry of entries) {
        const { fault } = entry
        if (!isMatch(fault, candidate) || entry.hits >= (fault.count ?? 1)) continue
        entry.seen += 1
        if (entry.seen <= (fault.skip ?? 0)) continue
        entry.hits += 1
        return fault
      }
      return undefined
    },
  }
}

function isMatch(match: Match, candidate: Candidate): boolean {
  return (
    (match.service === undefined || match.service === candidate.service) &&
    (match.host === undefined || match.host === candidate.host) &&
    (match.method === undefined || match.method === candidate.method) &&
    (match.route === undefined || new RegExp(`^(?:${match.route})$`).test(candidate.route))
  )
}
