import { readFile } from 'node:fs/promises'
import { Agent, request } from 'node:https'
import { text } from 'node:stream/consumers'
import { type CloudPlace, startCloud } from '../../../local/cloud/cloud.ts'
import { type CloudControl, createControl } from '../../../local/cloud/control.ts'
import type { CloudService } from '../../../local/cloud/service.ts'
import { DEFAULT_SETTINGS } from '../../../local/cloud/settings.ts'

export const HOST = 'graph.microsoft.com'

/** A service that counts its effects, to see what a fault let through. */
export interface TinyService extends CloudService {
  readonly effects: string[]
}

function createTinyService(): TinyService {
  const effects: string[] = []
  return {
    name: 'tiny',
    effects,
    owns: (host) => host === HOST || host === 'other.vault.azure.net',
    routes: [
      {
        name: 'things.create',
        method: 'POST',
        path: /^\/things\/(?<name>[^/]+)$/,
        handle: ({ params, body }) => {
          effects.push(params['name'] ?? '')
          return { status: 201, body: { made: params['name'], from: body.toString() } }
        },
      },
      { name: 'things.list', method: 'GET', path: /^\/things$/, handle: () => ({ status: 200, body: effects }) },
      { name: 'things.clear', method: 'DELETE', path: /^\/things$/, handle: () => ({ status: 204 }) },
      {
        name: 'things.break',
        method: 'GET',
        path: /^\/broken$/,
        handle: () => {
          throw new Error('a defect of the fake')
        },
      },
    ],
    unknownCall: ({ url }) => ({ tiny: `does not know ${url.pathname}` }),
    commands: {
      forget: () => ({ forgot: effects.splice(0).length }),
    },
  }
}

export interface Reply {
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
  readonly body: string
  /** Whether the connection had served before. */
  readonly reused: boolean
}

export interface CallOptions {
  readonly body?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal
}

export interface TinyCloud {
  readonly place: CloudPlace
  readonly control: CloudControl
  readonly service: TinyService
  call(method: string, url: string, options?: CallOptions): Promise<Reply>
  close(): Promise<void>
}

/** A cloud of one tiny service in this process, and a client that keeps its connections. */
export async function startTinyCloud(recordFile?: string): Promise<TinyCloud> {
  const service = createTinyService()
  const cloud = await startCloud({
    settings: DEFAULT_SETTINGS,
    createServices: () => [service],
    proxyPort: 0,
    ...(recordFile === undefined ? {} : { recordFile }),
  })
  const { place } = cloud
  const ca = await readFile(place.certificateFile, 'utf8')
  const agent = new Agent({ ca, keepAlive: true, proxyEnv: { HTTPS_PROXY: place.proxyUrl } })
  return {
    place,
    service,
    control: createControl(place.controlUrl),
    call: (method, url, { body, headers = {}, signal } = {}) =>
      new Promise((resolve, reject) => {
        const options = { method, headers, agent, ...(signal === undefined ? {} : { signal }) }
        // Of the tunnel, whatever the Host header says.
        const { hostname: servername } = new URL(url)
        const outgoing = request(url, { ...options, servername }, (incoming) => {
          const { statusCode: status = 0, headers: answered } = incoming
          const { reusedSocket: reused } = outgoing
          text(incoming).then((received) => resolve({ status, headers: answered, body: received, reused }), reject)
        })
        outgoing.once('error', reject)
        outgoing.end(body)
      }),
    close: async () => {
      agent.destroy()
      await cloud.close()
    },
  }
}
