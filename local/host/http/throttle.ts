export interface Throttle {
  /** Waits for a free place and gives the way to leave it; undefined when too many wait already. */
  enter(): Promise<() => void> | undefined
}

/** Lets `maxConcurrent` calls run at once and refuses those beyond `maxOutstanding` running or waiting ones. */
export function createThrottle(maxConcurrent: number, maxOutstanding: number): Throttle {
  const waiting: (() => void)[] = []
  let running = 0

  function leave(): void {
    const next = waiting.shift()
    if (next) next()
    else running--
  }

  return {
    enter() {
      if (running + waiting.length >= maxOutstanding) return undefined
      if (running < maxConcurrent) {
        running++
        return Promise.resolve(leave)
      }
      return new Promise((resolve) => waiting.push(() => resolve(leave)))
    },
  }
}
