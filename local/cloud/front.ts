import { createServer, type Server } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import type { ScratchAuthority } from './certificates.ts'
import type { RefusalLog } from './request-log.ts'
import type { Router } from './router.ts'

export interface FrontOptions {
  readonly authority: ScratchAuthority
  readonly route: Router
  readonly owns: (host: string) => boolean
  readonly log: RefusalLog
  /** 0 for any free one. */
  readonly port: number
}

export interface Front {
  readonly proxyUrl: string
  close(): Promise<void>
}

/**
 * The way in: a CONNECT proxy that ends TLS itself for the host names the cloud owns and refuses every other, so that
 * nothing a client does can leave the machine.
 */
export async function startFront({ authority, route, owns, log, port }: FrontOptions): Promise<Front> {
  const sockets = new Set<Socket>()
  const hostOfTunnel = new WeakMap<object, string>()
  const refuse = (method: string, host: string, path: string, status: number, why: string): void => {
    process.stderr.write(`local cloud: REFUSED ${method} ${host}${path}: ${why}\n`)
    log.addRefused({ method, host, path, status })
  }

  const inside = createServer((request, response) => {
    const host = readHost(request.headers.host)
    if (host !== hostOfTunnel.get(request.socket)) {
      refuse(request.method ?? '', host, request.url ?? '', 421, 'the tunnel it came through leads to another host')
      response.writeHead(421).end()
      return
    }
    route(host, request, response).catch((error: unknown) => {
      process.stderr.write(`local cloud: ${error instanceof Error ? error.stack : String(error)}\n`)
      request.socket.destroy()
    })
  })
  // A kept connection that the server gives up just as a request comes would look like a lost request.
  inside.keepAliveTimeout = 10 * 60_000
  inside.requestTimeout = 0

  const proxy = createServer((request, response) => {
    refuse(request.method ?? '', request.url ?? '', '', 502, 'the local cloud is reached by https through CONNECT only')
    response.writeHead(502).end()
  })
  proxy.on('connection', (socket) => track(sockets, socket))
  proxy.on('connect', (request, socket: Socket, head: Buffer) => {
    const host = readHost(request.url)
    socket.on('error', () => socket.destroy())
    if (!owns(host) || !request.url?.endsWith(':443')) {
      refuse('CONNECT', request.url ?? '', '', 502, 'no service of the local cloud is there')
      socket.end('HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n')
      return
    }
    authority.contextFor(host).then(
      (secureContext) => {
        socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
        if (head.length > 0) socket.unshift(head)
        const secure = new TLSSocket(socket, { isServer: true, secureContext, ALPNProtocols: ['http/1.1'] })
        hostOfTunnel.set(secure, host)
        inside.emit('connection', secure)
      },
      (error: unknown) => {
        process.stderr.write(`local cloud: no certificate for ${host}: ${String(error)}\n`)
        socket.destroy()
      },
    )
  })
  await listen(proxy, port)
  return {
    proxyUrl: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    close: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => proxy.close(resolve))
    },
  }
}

export function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject)
      resolve()
    })
  })
}

/** Host names are told apart without regard to case; the port is the same for all. */
function readHost(authority = ''): string {
  return authority.replace(/:\d+$/, '').toLowerCase()
}

function track(sockets: Set<Socket>, socket: Socket): void {
  sockets.add(socket)
  socket.setNoDelay(true)
  socket.once('close', () => sockets.delete(socket))
}
