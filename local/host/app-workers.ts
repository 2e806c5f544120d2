import type { HostJson } from './host-json.ts'
import type { Invoker } from './invoker.ts'
import type { Log } from './log.ts'
import type { HostOptions } from './options.ts'
import type { Settings } from './settings.ts'
import { createWorkerPool, type WorkerPool } from './worker-pool.ts'
import { startWorkerProcess } from './worker-process.ts'

export interface AppWorkersDeps {
  readonly options: HostOptions
  readonly settings: Settings
  readonly hostJson: HostJson
  readonly log: Log
  /** The invoker is made on top of the workers, whose log lines it can name the function of. */
  readonly getInvoker: () => Invoker
  readonly onGivingUp: () => void
}

/** The workers of the app, with what they say written to the log under the categories of a real host. */
export function createAppWorkers({
  options,
  settings,
  hostJson,
  log,
  getInvoker,
  onGivingUp,
}: AppWorkersDeps): WorkerPool {
  const { appFolder, preload, showCrashes } = options
  return createWorkerPool({
    processCount: Number(settings['FUNCTIONS_WORKER_PROCESS_COUNT'] ?? 1),
    functionTimeoutMs: hostJson.functionTimeoutMs,
    onGivingUp,
    startWorker: () =>
      startWorkerProcess({
        appFolder,
        settings,
        ...(preload && { preload }),
        onLog(level, text, invocationId) {
          const fn = invocationId && getInvoker().findRunning(invocationId)
          log.write(fn ? `Function.${fn.name}.User` : 'Worker', level, text)
        },
        onConsole: (level, line) => log.write('Host.Function.Console', level, line),
        // The real host hides the error that ended a worker; so does this, unless asked.
        onCrash: (text) =>
          showCrashes && log.write('Worker', 'error', `the worker ended on an unhandled error: ${text}`),
      }),
  })
}
