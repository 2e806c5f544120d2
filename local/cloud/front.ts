import { createServer, type Server } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import type { ScratchAuthority } from './certificates.ts'
import type { Router } from './router.ts'

export interface FrontOptions {
  readonly authority: ScratchAuthority
  readonly route: Router
  readonly owns: (host: string) => boolean
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
export async function startFront({ authority, route, owns, port }: FrontOptions): Promise<Front> {
  const sockets = new Set<Socket>()
  const inside = createServer((request, response) => {
    const host = (request.headers.host ?? '').replace(/:\d+$/, '')
    route(host, request, response).catch((error: unknown) => {
      process.stderr.write(`local cloud: ${String(error)}\n`)
      request.socket.destroy()
    })
  })
  // A kept connection that the server gives up just as a request comes would look like a lost request.
  inside.keepAliveTimeout = 10 * 60_000
  inside.requestTimeout = 0

  const proxy = createServer((request, response) => {
    process.stderr.write(`local cloud: REFUSED plain ${request.method} ${request.url}\n`)
    response.writeHead(502).end('the local cloud is reached by https through CONNECT only\n')
  })
  proxy.on('connection', (socket) => track(sockets, socket))
  proxy.on('connect', (request, socket: Socket, head: Buffer) => {
    const host = (request.url ?? '').replace(/:\d+$/, '')
    socket.on('error', () => socket.destroy())
    if (!owns(host)) {
      process.stderr.write(`local cloud: REFUSED host ${host}: no service of the local cloud has it\n`)
      socket.end('HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n')
      return
    }
    authority.contextFor(host).then(
      (secureContext) => {
        socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
        if (head.length > 0) socket.unshift(head)
        const secure = new TLSSocket(socket, { isServer: true, secureContext, ALPNProtocols: ['http/1.1'] })
        secure.on('error', () => secure.destroy())
        inside.emit('connection', secure)
      },
      () => socket.destroy(),
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

function track(sockets: Set<Socket>, socket: Socket): void {
  sockets.add(socket)
  socket.setNoDelay(true)
  socket.once('close', () => sockets.delete(socket))
}
