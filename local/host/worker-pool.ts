import type { Invocation, InvocationOutcome, LoadedApp } from './protocol.ts'
import type { WorkerProcess } from './worker-process.ts'

export interface WorkerPoolOptions {
  readonly processCount: number
  readonly functionTimeoutMs: number
  readonly startWorker: () => WorkerProcess
  /** Workers died too often; the host must stop, for the platform to start it anew. */
  readonly onGivingUp: () => void
}

export interface AppWorker {
  readonly app: LoadedApp
  invoke(invocation: Invocation): Promise<InvocationOutcome>
}

export interface WorkerPool {
  /** Starts the workers and gives the app as the first of them loaded it. */
  start(): Promise<LoadedApp>
  /** The worker whose turn it is; waits while all of them are being replaced. */
  acquire(): Promise<AppWorker>
  stop(): Promise<void>
}

const deathsPerProcess = 3
const deathWindowMs = 5 * 60_000
const additionalWorkerDelayMs = 10_000
const terminateGraceMs = 2_000

interface ReadyWorker extends AppWorker {
  readonly process: WorkerProcess
}

export function createWorkerPool(options: WorkerPoolOptions): WorkerPool {
  const ready: ReadyWorker[] = []
  const all = new Set<WorkerProcess>()
  /** Workers ended for a function timeout: replaced at once, and not counted as deaths. */
  const overdue = new Set<WorkerProcess>()
  const laterStarts: NodeJS.Timeout[] = []
  const firstLoad = Promise.withResolvers<LoadedApp>()
  let waiting: ((worker: ReadyWorker) => void)[] = []
  let deathTimes: number[] = []
  let next = 0
  let isStopping = false

  function startOne(): void {
    const worker = options.startWorker()
    all.add(worker)
    worker.loaded.then(
      (app) => welcome({ process: worker, app, invoke: (invocation) => invokeInTime(worker, invocation) }),
      () => {},
    )
    void worker.ended.then(() => bury(worker))
  }

  function welcome(worker: ReadyWorker): void {
    ready.push(worker)
    firstLoad.resolve(worker.app)
    for (const resolve of waiting) resolve(worker)
    waiting = []
  }

  function bury(worker: WorkerProcess): void {
    all.delete(worker)
    retire(worker)
    if (isStopping || overdue.delete(worker)) return
    const now = Date.now()
    deathTimes = [...deathTimes.filter((time) => now - time < deathWindowMs), now]
    if (deathTimes.length < deathsPerProcess * options.processCount) startOne()
    else options.onGivingUp()
  }

  function retire(worker: WorkerProcess): void {
    const index = ready.findIndex((candidate) => candidate.process === worker)
    if (index >= 0) ready.splice(index, 1)
  }

  function replaceOverdue(worker: WorkerProcess): void {
    if (overdue.has(worker) || !all.has(worker)) return
    overdue.add(worker)
    retire(worker)
    worker.kill()
    startOne()
  }

  async function invokeInTime(worker: WorkerProcess, invocation: Invocation): Promise<InvocationOutcome> {
    const timeout = setTimeout(() => replaceOverdue(worker), options.functionTimeoutMs)
    try {
      return await worker.invoke(invocation)
    } finally {
      clearTimeout(timeout)
    }
  }

  return {
    async start() {
      startOne()
      const app = await firstLoad.promise
      for (let count = 1; count < options.processCount; count++) {
        laterStarts.push(setTimeout(startOne, additionalWorkerDelayMs * count))
      }
      return app
    },
    acquire() {
      const worker = ready[next++ % Math.max(ready.length, 1)]
      return worker ? Promise.resolve(worker) : new Promise((resolve) => waiting.push(resolve))
    },
    async stop() {
      isStopping = true
      for (const timer of laterStarts) clearTimeout(timer)
      for (const worker of all) worker.terminate()
      const ended = Promise.all([...all].map((worker) => worker.ended))
      const impatience = setTimeout(() => {
        for (const worker of all) worker.kill()
      }, terminateGraceMs)
      await ended
      clearTimeout(impatience)
    },
  }
}
