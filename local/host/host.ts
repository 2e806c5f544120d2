import { createHash } from 'node:crypto'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { hostname } from 'node:os'
import { createAppWorkers } from './app-workers.ts'
import { type FunctionIndex, indexFunctions, isOfType } from './functions.ts'
import { type HostJson, parseHostJson, readHostJson } from './host-json.ts'
import { createFunctionsFront } from './http/functions-front.ts'
import { createKeyRing, readKeys } from './http/keys.ts'
import { createRouter, type Router } from './http/router.ts'
import { createHttpServer, type Site } from './http/server.ts'
import { createInvoker, type Invoker } from './invoker.ts'
import { startListeners } from './listeners.ts'
import { createLog } from './log.ts'
import type { HostOptions } from './options.ts'
import type { LoadedApp } from './protocol.ts'
import { createQueueOutputs } from './queue/output.ts'
import { createQueueStore } from './queue/queue-store.ts'
import { readSettings, type Settings } from './settings.ts'
import { stopHost } from './stop-host.ts'

export interface ReadyReport {
  readonly ready: true
  readonly port: number
  readonly state: 'Running' | 'Error'
  readonly functions: number
  /** The first worker; 0 when none was started. */
  readonly workerPid: number
  /** How long the worker took to load the app; 0 when it was not loaded. */
  readonly workerLoadMs: number
  /** From the start of the host process until it served. */
  readonly startMs: number
}

export interface RunningHost {
  readonly report: ReadyReport
  stop(): Promise<void>
}

const defaultBodyLimitBytes = 100 * 1024 * 1024
const nothingLoaded: LoadedApp = { pid: 0, functions: [], loadMs: 0 }

/** Starts a host for the app; `onGivingUp` is called when its workers die too often. */
export async function startHost(options: HostOptions, onGivingUp: () => void): Promise<RunningHost> {
  const site = Promise.withResolvers<Site>()
  const server = createHttpServer(site.promise)
  const port = await listen(server, options.port)
  const settings = addHostSettings(readSettings(options.appFolder, process.env), options, port)
  const { hostJson, hostJsonError } = tryReadHostJson(options.appFolder)
  const log = createLog(hostJson.logLevels, options.logLevel, (line) => process.stderr.write(`${line}\n`))
  const queueStore = createQueueStore()
  const pool = createAppWorkers({ options, settings, hostJson, log, getInvoker: () => invoker, onGivingUp })
  const invoker: Invoker = createInvoker(pool, log, createQueueOutputs(queueStore, settings))

  const app = hostJsonError ? nothingLoaded : await pool.start()
  if (app.failure)
    log.write('Host.Startup', 'error', `the app could not be loaded, so it has no functions: ${app.failure}`)
  const index = indexFunctions(app.functions, hostJson, settings)
  const { router, routerErrors } = tryCreateRouter(index, hostJson)
  const errors = [...(hostJsonError ? [hostJsonError] : []), ...index.errors, ...routerErrors]
  for (const error of errors) log.write('Host.Startup', 'error', error)

  const hostId = getHostId(settings, options.appFolder)
  const listenerDeps = { options, hostJson, hostId, settings, queueStore, invoker, log }
  const listeners = await startListeners(errors.length > 0 ? [] : index.functions, listenerDeps)
  const keyRing = createKeyRing(readKeys(options.keysFile))
  const { functions } = index
  site.resolve({
    admin: {
      hostId,
      hostJson: hostJsonError ? undefined : hostJson,
      errors,
      functions,
      timers: listeners.timers,
      keyRing,
      invoker,
    },
    router,
    functions,
    customHeaders: hostJson.http.customHeaders,
    answerFunction: createFunctionsFront({
      http: hostJson.http,
      keyRing,
      invoker,
      access: options.access,
      bodyLimitBytes: Number(settings['FUNCTIONS_REQUEST_BODY_SIZE_LIMIT'] ?? defaultBodyLimitBytes),
      isStreaming: app.httpUri !== undefined,
    }),
  })

  return {
    report: {
      ready: true,
      port,
      state: errors.length > 0 ? 'Error' : 'Running',
      functions: functions.length,
      workerPid: app.pid,
      workerLoadMs: Math.round(app.loadMs * 10) / 10,
      startMs: Math.round(performance.now()),
    },
    stop: () => stopHost({ server, listeners, invoker, pool, drainMs: options.drainMs }),
  }
}

async function listen(server: Server, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  return (server.address() as AddressInfo).port
}

function addHostSettings(settings: Settings, { access }: HostOptions, port: number): Settings {
  return {
    ...settings,
    WEBSITE_HOSTNAME: `127.0.0.1:${port}`,
    ...(access === 'entra' && { WEBSITE_AUTH_ENABLED: 'True' }),
  }
}

function tryReadHostJson(appFolder: string): { hostJson: HostJson; hostJsonError?: string } {
  try {
    return { hostJson: readHostJson(appFolder) }
  } catch (error) {
    return { hostJson: parseHostJson('{}'), hostJsonError: `host.json could not be read: ${error}` }
  }
}

function tryCreateRouter(
  { functions }: FunctionIndex,
  { http }: HostJson,
): { router: Router; routerErrors: readonly string[] } {
  const routed = functions.filter(
    ({ trigger, isDisabled, problem }) => isOfType(trigger, 'httpTrigger') && !isDisabled && !problem,
  )
  try {
    return { router: createRouter(routed, http.routePrefix), routerErrors: [] }
  } catch (error) {
    return { router: createRouter([], ''), routerErrors: [String(error)] }
  }
}

function getHostId(settings: Settings, appFolder: string): string {
  const configured = settings['AzureFunctionsWebHost__hostid']
  return configured ?? `local-${createHash('sha256').update(`${hostname()}${appFolder}`).digest('hex').slice(0, 24)}`
}
