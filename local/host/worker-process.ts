import { type ChildProcess, spawn } from 'node:child_process'
import { dirname } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { FromWorker, Invocation, InvocationOutcome, LoadedApp, LogLevel, ToWorker } from './protocol.ts'
import type { Settings } from './settings.ts'

export interface WorkerOptions {
  readonly appFolder: string
  readonly settings: Settings
  /** A module that the worker imports before anything else. */
  readonly preload?: string
  readonly onLog: (level: LogLevel, text: string, invocationId: string | undefined) => void
  readonly onConsole: (level: LogLevel, line: string) => void
  readonly onCrash: (text: string) => void
}

export interface WorkerProcess {
  /** Rejects when the worker dies before it has loaded the app. */
  readonly loaded: Promise<LoadedApp>
  readonly ended: Promise<void>
  invoke(invocation: Invocation): Promise<InvocationOutcome>
  /** Lets the app's appTerminate hooks run, then ends the process. */
  terminate(): void
  kill(): void
}

const entry = fileURLToPath(new URL('./worker/main.ts', import.meta.url))

export function startWorkerProcess(options: WorkerOptions): WorkerProcess {
  const child = spawnWorker(options)
  const running = new Map<string, (outcome: InvocationOutcome) => void>()
  const loaded = Promise.withResolvers<LoadedApp>()
  const ended = Promise.withResolvers<void>()
  // Whoever started the worker may not be waiting for it to load when it dies.
  loaded.promise.catch(() => {})

  child.on('message', (message: FromWorker) => {
    if (message.kind === 'result') {
      running.get(message.invocationId)?.(message.outcome)
      running.delete(message.invocationId)
    } else if (message.kind === 'log') {
      // The host drops what a function logs after its end, as the real one does.
      const { invocationId } = message
      if (!invocationId || running.has(invocationId)) options.onLog(message.level, message.text, invocationId)
    } else if (message.kind === 'loaded') loaded.resolve(message.app)
    else options.onCrash(message.text)
  })
  child.on('error', () => {})
  child.once('exit', (code, signal) => {
    const message = `the worker process died (${signal ?? `exit code ${code}`})`
    for (const settle of running.values()) settle({ ok: false, message, stack: message })
    running.clear()
    loaded.reject(new Error(message))
    ended.resolve()
  })
  readLines(child.stdout, (line) => options.onConsole('information', line))
  readLines(child.stderr, (line) => options.onConsole('error', line))

  function send(message: ToWorker): void {
    if (child.connected) child.send(message, () => {})
  }

  return {
    loaded: loaded.promise,
    ended: ended.promise,
    invoke(invocation) {
      const { promise, resolve } = Promise.withResolvers<InvocationOutcome>()
      running.set(invocation.invocationId, resolve)
      send({ kind: 'invoke', invocation })
      return promise
    },
    terminate: () => send({ kind: 'terminate' }),
    kill: () => void child.kill('SIGKILL'),
  }
}

function spawnWorker({ appFolder, settings, preload }: WorkerOptions): ChildProcess {
  const extra = (settings['languageWorkers__node__arguments'] ?? '').split(' ').filter(Boolean)
  const imports = preload ? [`--import=${pathToFileURL(preload).href}`] : []
  return spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ...extra, ...imports, entry], {
    cwd: appFolder,
    env: { ...settings, FUNCTIONS_APPLICATION_DIRECTORY: appFolder, FUNCTIONS_WORKER_DIRECTORY: dirname(entry) },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    serialization: 'advanced',
    // A process group of its own: Ctrl-C in a terminal reaches the host alone, which then lets the worker finish.
    detached: true,
  })
}

function readLines(stream: Readable | null, onLine: (line: string) => void): void {
  if (stream) createInterface({ input: stream }).on('line', onLine)
}
