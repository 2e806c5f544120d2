import { randomUUID } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createRbac } from './arm/rbac.ts'
import { seedRoleAssignments } from './arm/seeds.ts'
import { createScratchAuthority } from './certificates.ts'
import { openClock } from './clock.ts'
import { createControlPort } from './control-port.ts'
import { createDirectory } from './entra/directory.ts'
import { createTokenAuthority } from './entra/token-authority.ts'
import { createFaultBook } from './faults.ts'
import { listen, startFront } from './front.ts'
import { createHoldRoom } from './holds.ts'
import { createVaults } from './keyvault/vault-state.ts'
import { createRequestLog } from './request-log.ts'
import { createRouter, type Router } from './router.ts'
import type { CloudService } from './service.ts'
import type { CloudSettings } from './settings.ts'
import type { SigningWorld } from './world.ts'

export interface CloudOptions {
  readonly settings: CloudSettings
  /** The fakes, and the header value that the identity endpoint asks for. */
  readonly createServices: (world: SigningWorld, identityHeader: string) => readonly CloudService[]
  /** Of the CONNECT proxy; 0 for any free one. */
  readonly proxyPort: number
  /** Gets every exchange with bodies, where given. */
  readonly recordFile?: string
}

/** What a process needs to live in the cloud. */
export interface CloudPlace {
  readonly proxyUrl: string
  readonly controlUrl: string
  /** PEM file for NODE_EXTRA_CA_CERTS. */
  readonly certificateFile: string
  readonly clockFile: string
  readonly requestLogFile: string
  readonly identityEndpoint: string
  readonly identityHeader: string
  readonly settings: CloudSettings
}

/** Starts every fake in this process. What it writes is in one scratch folder, gone after `close`. */
export async function startCloud(options: CloudOptions): Promise<{ place: CloudPlace; close(): Promise<void> }> {
  const { settings, createServices, proxyPort, recordFile } = options
  const folder = await mkdtemp(join(tmpdir(), 'steward-cloud-'))
  const clockFile = join(folder, 'clock')
  const certificateFile = join(folder, 'authority.pem')
  const requestLogFile = join(folder, 'requests.jsonl')
  const clock = openClock(clockFile)
  const directory = createDirectory(settings)
  const tokens = createTokenAuthority({ clock, directory })
  const identityHeader = randomUUID()
  const rbac = createRbac(() => seedRoleAssignments(settings, directory))
  const vaults = createVaults(settings)
  const services = createServices({ clock, directory, tokens, settings, rbac, vaults }, identityHeader)
  const authority = await createScratchAuthority()
  await writeFile(certificateFile, authority.certificate)
  const faults = createFaultBook()
  const holds = createHoldRoom()
  const log = createRequestLog(requestLogFile, recordFile)
  const latency = new Map<string, number>()
  const route = createRouter({ services, faults, holds, log, latency })
  const front = await startFront({
    authority,
    route,
    owns: (host) => services.some((service) => service.owns(host)),
    log,
    port: proxyPort,
  })
  const identityServer = serveIdentity(route)
  const controlServer = createControlPort({ services, faults, holds, log, latency, clock })
  await Promise.all([listen(identityServer, 0), listen(controlServer, 0)])
  return {
    place: {
      proxyUrl: front.proxyUrl,
      controlUrl: `http://127.0.0.1:${portOf(controlServer)}`,
      certificateFile,
      clockFile,
      requestLogFile,
      identityEndpoint: `http://127.0.0.1:${portOf(identityServer)}/msi/token`,
      identityHeader,
      settings,
    },
    close: async () => {
      for (const server of [identityServer, controlServer]) {
        server.closeAllConnections()
        server.close()
      }
      await front.close()
      clock.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** The platform's token endpoint is plain http on the machine itself, with a host name that no service has. */
function serveIdentity(route: Router): Server {
  return createServer((request, response) => {
    route('127.0.0.1', request, response).catch(() => request.socket.destroy())
  })
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port
}
