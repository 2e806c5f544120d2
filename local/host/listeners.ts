import { type AppFunction, isOfType } from './functions.ts'
import type { HostJson } from './host-json.ts'
import type { Invoker } from './invoker.ts'
import type { Log } from './log.ts'
import type { HostOptions } from './options.ts'
import type { QueueListener } from './queue/listener.ts'
import { startQueueFunction } from './queue/queue-function.ts'
import type { QueueStore } from './queue/queue-store.ts'
import { getConnectionString, type Settings } from './settings.ts'
import { openHostBlobs } from './timers/host-blobs.ts'
import { startTimerFunction, type TimerListener } from './timers/listener.ts'

export interface ListenerDeps {
  readonly options: HostOptions
  readonly hostJson: HostJson
  readonly hostId: string
  readonly settings: Settings
  readonly queueStore: QueueStore
  readonly invoker: Invoker
  readonly log: Log
}

export interface Listeners {
  readonly timers: ReadonlyMap<string, TimerListener>
  stop(): Promise<void>
  countRunning(): number
}

/** Starts what triggers functions besides HTTP. A function that cannot be started is alone in that. */
export async function startListeners(functions: readonly AppFunction[], deps: ListenerDeps): Promise<Listeners> {
  const active = functions.filter(({ isDisabled, problem }) => !isDisabled && !problem)
  const queues: QueueListener[] = []
  const timers = new Map<string, TimerListener>()
  await Promise.all([
    ...active
      .filter(({ trigger }) => isOfType(trigger, 'queueTrigger'))
      .map((fn) => startAlone(fn, deps.log, async () => void queues.push(await startQueue(fn, deps)))),
    startTimers(
      active.filter(({ trigger }) => isOfType(trigger, 'timerTrigger')),
      deps,
      timers,
    ),
  ])
  return {
    timers,
    async stop() {
      for (const queue of queues) queue.stop()
      await Promise.all([...timers.values()].map((timer) => timer.stop()))
    },
    countRunning: () => queues.reduce((sum, queue) => sum + queue.countRunning(), 0),
  }
}

function startQueue(fn: AppFunction, deps: ListenerDeps): Promise<QueueListener> {
  const { options, hostJson, settings, queueStore, invoker, log } = deps
  return startQueueFunction(fn, {
    store: queueStore,
    settings,
    invoker,
    log,
    options: {
      ...hostJson.queues,
      leaseMs: options.queueLeaseMs,
      minPollingIntervalMs: options.pollMinMs,
      maxPollingIntervalMs: Math.min(hostJson.queues.maxPollingIntervalMs, options.pollMaxMs),
    },
  })
}

async function startTimers(
  functions: readonly AppFunction[],
  { settings, hostId, invoker, log, options }: ListenerDeps,
  timers: Map<string, TimerListener>,
): Promise<void> {
  if (functions.length === 0) return
  const blobs = openHostBlobs(getConnectionString(undefined, settings), hostId)
  for (const fn of functions) {
    await startAlone(fn, log, async () => {
      const deps = { blobs: await blobs, settings, invoker, log, lockMs: options.timerLockMs }
      timers.set(fn.name, startTimerFunction(fn, deps))
    })
  }
}

async function startAlone(fn: AppFunction, log: Log, start: () => Promise<void>): Promise<void> {
  try {
    await start()
  } catch (error) {
    log.write(`Function.${fn.name}`, 'error', `the listener for '${fn.name}' could not be started: ${error}`)
  }
}
