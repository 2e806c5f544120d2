import type { Server } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Invoker } from './invoker.ts'
import type { Listeners } from './listeners.ts'
import type { WorkerPool } from './worker-pool.ts'

export interface HostParts {
  readonly server: Server
  readonly listeners: Listeners
  readonly invoker: Invoker
  readonly pool: WorkerPool
  readonly drainMs: number
}

const lastAnswersMs = 100

/** Takes nothing new, lets what runs come to its end within the drain time, then ends the workers. */
export async function stopHost({ server, listeners, invoker, pool, drainMs }: HostParts): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve))
  const until = performance.now() + drainMs
  await listeners.stop()
  while (invoker.countRunning() + listeners.countRunning() > 0 && performance.now() < until) await sleep(20)
  // Answers that are being written now get a moment; a caller that keeps its connection open gets no more.
  server.closeIdleConnections()
  await Promise.race([closed, sleep(lastAnswersMs)])
  server.closeAllConnections()
  await pool.stop()
}
