import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'
import { startAzurite } from './azurite.ts'
import { type Child, startChild } from './child.ts'
import type { CloudPlace } from './cloud/cloud.ts'
import type { CloudControl } from './cloud/control.ts'
import { launchCloud } from './cloud/launch.ts'

const ROOT = new URL('..', import.meta.url)

export interface StackOptions {
  /** Folder of the app; `dist/` when absent. */
  readonly app?: string
  /** The configuration; `steward.sample.yaml` when absent. */
  readonly config?: unknown
  readonly access?: 'keys' | 'entra'
  /** How many instances of the app share the storage; 1 when absent, none with 0. */
  readonly instances?: number
  /** Port of the first instance; 0 for any free one. */
  readonly port?: number
  readonly proxyPort?: number
  /** More flags of the local host, such as `--queue-lease-ms`. */
  readonly hostFlags?: readonly string[]
  /** More app settings; they win. */
  readonly settings?: Readonly<Record<string, string>>
  readonly recordFile?: string
  /** Host names of the Databricks workspaces; those of the pretend tenant when absent. */
  readonly workspaces?: readonly string[]
}

export interface RunningHost {
  readonly baseUrl: string
  readonly child: Child
  /** What the host said of itself when it was ready. */
  readonly report: {
    readonly port: number
    readonly functions: number
    readonly workerPid: number
    readonly workerLoadMs: number
  }
}

/** Storage, the pretend Azure and the app, as separate processes. */
export interface Stack {
  readonly control: CloudControl
  readonly cloud: CloudPlace
  readonly connectionString: string
  readonly hosts: readonly RunningHost[]
  /** Base URL of the first instance. */
  readonly baseUrl: string
  startHost(port?: number): Promise<RunningHost>
  /** Everything that the app's hosts have printed, the killed ones too. */
  output(): string[]
  stop(): Promise<void>
}

/** Key of every function in `keys` mode (the local host's master key opens them all). */
export const FUNCTION_KEY = 'local-master-key'

/** Starts everything side by side, and stops what it started when a part fails. */
export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const [azurite, cloud, config] = await settleAll([
    startAzurite(),
    launchCloud({
      ...(options.proxyPort === undefined ? {} : { proxyPort: options.proxyPort }),
      ...(options.recordFile === undefined ? {} : { recordFile: options.recordFile }),
      ...(options.workspaces === undefined ? {} : { workspaces: options.workspaces }),
    }),
    options.config === undefined ? readSampleConfig() : Promise.resolve(options.config),
  ] as const)
  const settings = appSettings(cloud.place, azurite.connectionString, config, options)
  const hosts: RunningHost[] = []
  const startHost = async (port = 0): Promise<RunningHost> => {
    const host = await launchHost(settings, port, options)
    hosts.push(host)
    return host
  }
  const stop = async (): Promise<void> => {
    await Promise.all(hosts.map(({ child }) => child.kill()))
    await Promise.all([cloud.child.stop(), azurite.stop()])
  }
  try {
    const { instances = 1 } = options
    for (let instance = 0; instance < instances; instance += 1) await startHost(instance === 0 ? options.port : 0)
    return {
      control: cloud.control,
      cloud: cloud.place,
      connectionString: azurite.connectionString,
      hosts,
      get baseUrl() {
        const [first] = hosts
        if (!first) throw new Error('the stack has no host yet: start one')
        return first.baseUrl
      },
      startHost,
      output: () => hosts.flatMap(({ child }) => child.output),
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

/** `steward.sample.yaml`, as the app setting carries it. */
async function readSampleConfig(): Promise<unknown> {
  return parse(await readFile(new URL('steward.sample.yaml', ROOT), 'utf8'))
}

/** The settings that lead the app's own, unchanged code to the pretend Azure by real host names. */
function appSettings(
  place: CloudPlace,
  connectionString: string,
  config: unknown,
  options: StackOptions,
): Record<string, string> {
  return {
    AzureWebJobsStorage: connectionString,
    STEWARD_CONFIG: JSON.stringify(config),
    STEWARD_ACCESS: options.access ?? 'keys',
    // Once a year: whoever wants rotations sooner says when, or asks for them.
    ROTATION_SCHEDULE: '0 0 3 1 1 *',
    AZURE_TENANT_ID: place.settings.tenantId,
    AZURE_CLIENT_ID: place.settings.identity.clientId,
    IDENTITY_ENDPOINT: place.identityEndpoint,
    IDENTITY_HEADER: place.identityHeader,
    HTTPS_PROXY: place.proxyUrl,
    NODE_USE_ENV_PROXY: '1',
    NODE_EXTRA_CA_CERTS: place.certificateFile,
    NO_PROXY: '127.0.0.1,localhost',
    STEWARD_LOCAL_CLOCK_FILE: place.clockFile,
    ...options.settings,
  }
}

/** The app's environment is its settings and what a process needs to run, nothing else of whoever starts it. */
const INHERITED = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'TZ', 'SystemRoot', 'TEMP', 'NODE_COMPILE_CACHE']

async function launchHost(settings: Record<string, string>, port: number, options: StackOptions): Promise<RunningHost> {
  const inherited = INHERITED.flatMap((name) => {
    const value = process.env[name]
    return value === undefined ? [] : [[name, value] as const]
  })
  const child = await startChild({
    what: 'The local functions host',
    args: [
      fileURLToPath(new URL('local/host/main.ts', ROOT)),
      ...['--app', options.app ?? fileURLToPath(new URL('dist', ROOT))],
      ...['--port', String(port)],
      ...['--access', options.access ?? 'keys'],
      ...['--preload', fileURLToPath(new URL('local/clock-preload.ts', ROOT))],
      ...(options.hostFlags ?? []),
    ],
    env: { ...Object.fromEntries(inherited), ...settings },
    isReady: (line) => line.startsWith('{"ready"'),
  })
  const report = JSON.parse(child.readyLine) as RunningHost['report']
  return { baseUrl: `http://127.0.0.1:${report.port}`, child, report }
}

/** Like `Promise.all`, but when one fails the others are waited for and stopped, so that nothing is left behind. */
async function settleAll<
  T extends readonly [Promise<{ stop(): Promise<void> }>, Promise<{ child: Child }>, Promise<unknown>],
>(starting: T): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  const [azurite, cloud, config] = await Promise.allSettled(starting)
  const failure = [azurite, cloud, config].find((outcome) => outcome.status === 'rejected')
  if (failure) {
    if (azurite.status === 'fulfilled') await azurite.value.stop()
    if (cloud.status === 'fulfilled') await cloud.value.child.stop()
    throw failure.reason
  }
  return Promise.all(starting) as Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }>
}
