import type { Clock } from '../clock.ts'

interface Write<T> {
  readonly visibleAt: number
  readonly value: T | undefined
}

export interface Replication {
  lagMs: number
}

/**
 * A map whose readers lag behind its writers: reads see what was written `lagMs` ago,
 * while the `latest` methods see what the service itself already knows (and refuses duplicates by).
 */
export class ReplicatedMap<T> {
  readonly #clock: Clock
  readonly #replication: Replication
  readonly #writes = new Map<string, Write<T>[]>()

  constructor(clock: Clock, replication: Replication) {
    this.#clock = clock
    this.#replication = replication
  }

  get(id: string): T | undefined {
    const now = this.#clock.now()
    return this.#writes.get(id)?.findLast(({ visibleAt }) => visibleAt <= now)?.value
  }

  values(): readonly T[] {
    // The clock is a file: asking it for every value would take longer than all the rest.
    const now = this.#clock.now()
    return [...this.#writes.values()]
      .map((writes) => writes.findLast(({ visibleAt }) => visibleAt <= now)?.value)
      .filter((value) => value !== undefined)
  }

  getLatest(id: string): T | undefined {
    return this.#writes.get(id)?.at(-1)?.value
  }

  latestValues(): readonly T[] {
    return [...this.#writes.keys()].map((id) => this.getLatest(id)).filter((value) => value !== undefined)
  }

  set(id: string, value: T): void {
    this.#write(id, value, this.#replication.lagMs)
  }

  delete(id: string): void {
    this.#write(id, undefined, this.#replication.lagMs)
  }

  /** Arranges state that everybody sees at once. */
  seed(id: string, value: T): void {
    this.#writes.set(id, [])
    this.#write(id, value, 0)
  }

  forget(id: string): void {
    this.#writes.delete(id)
  }

  #write(id: string, value: T | undefined, lagMs: number): void {
    const now = this.#clock.now()
    const writes = this.#writes.get(id) ?? []
    const visible = writes.findLastIndex(({ visibleAt }) => visibleAt <= now)
    this.#writes.set(id, [...writes.slice(Math.max(visible, 0)), { visibleAt: now + lagMs, value }])
  }
}
