import type { Time } from './time.ts'

/** The end of this instance: runs put their work down, so that another instance goes on with it at once. */
export interface Draining {
  isDraining(): boolean
  /** Sleeps, but not into the end. */
  sleep(milliseconds: number): Promise<void>
  /** Does work whose end is waited for. */
  watch<T>(work: () => Promise<T>): Promise<T>
  /** Begins the end; resolves when all that was under way has been put down. */
  begin(): Promise<void>
}

export function createDraining(time: Time): Draining {
  const sleepers = new Set<() => void>()
  const underWay = new Set<Promise<unknown>>()
  let isDraining = false
  return {
    isDraining: () => isDraining,
    sleep: async (milliseconds) => {
      if (isDraining) return
      const { promise: woken, resolve: wake } = Promise.withResolvers<void>()
      sleepers.add(wake)
      await Promise.race([time.sleep(milliseconds), woken])
      sleepers.delete(wake)
    },
    watch: async (work) => {
      const working = work()
      underWay.add(working)
      try {
        return await working
      } finally {
        underWay.delete(working)
      }
    },
    begin: async () => {
      isDraining = true
      for (const wake of sleepers) wake()
      await Promise.allSettled(underWay)
    },
  }
}
