/** A request that a fault keeps waiting, for whoever wants to do something at that very moment. */
export interface HeldRequest {
  readonly id: number
  readonly service: string
  readonly route: string
  readonly side: 'before' | 'after'
}

export interface HoldRoom {
  /** Resolves when released, or when the connection it waits on is gone. */
  hold(request: Omit<HeldRequest, 'id'>, gone: AbortSignal): Promise<void>
  list(): readonly HeldRequest[]
  release(id: number): boolean
}

export function createHoldRoom(): HoldRoom {
  const held = new Map<number, { request: HeldRequest; release: () => void }>()
  let nextId = 1
  return {
    hold: (request, gone) =>
      new Promise((resolve) => {
        const id = nextId++
        const release = (): void => {
          held.delete(id)
          resolve()
        }
        held.set(id, { request: { ...request, id }, release })
        gone.addEventListener('abort', release, { once: true })
        if (gone.aborted) release()
      }),
    list: () => [...held.values()].map(({ request }) => request),
    release: (id) => {
      const entry = held.get(id)
      entry?.release()
      return entry !== undefined
    },
  }
}
