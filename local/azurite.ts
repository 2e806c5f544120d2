import { createRequire } from 'node:module'
import { type AddressInfo, createServer } from 'node:net'
import { startChild } from './child.ts'

/** Azurite's account is the same everywhere, by design, and documented: it opens nothing but emulators. */
const ACCOUNT = 'devstoreaccount1'
const KEY = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=='

export interface RunningAzurite {
  readonly connectionString: string
  stop(): Promise<void>
}

/** Starts the storage emulator in memory, on free ports. */
export async function startAzurite(): Promise<RunningAzurite> {
  const [blob, queue, table] = await findFreePorts(3)
  const child = await startChild({
    what: 'Azurite',
    args: [
      createRequire(import.meta.url).resolve('azurite/dist/src/azurite.js'),
      '--inMemoryPersistence',
      '--skipApiVersionCheck',
      '--disableTelemetry',
      ...['--blobPort', String(blob), '--queuePort', String(queue), '--tablePort', String(table)],
    ],
    isReady: (line) => /table service is successfully listening/i.test(line),
  })
  const endpoint = (kind: string, port: number | undefined): string =>
    `${kind}Endpoint=http://127.0.0.1:${port}/${ACCOUNT}`
  return {
    connectionString: [
      'DefaultEndpointsProtocol=http',
      `AccountName=${ACCOUNT}`,
      `AccountKey=${KEY}`,
      endpoint('Blob', blob),
      endpoint('Queue', queue),
      endpoint('Table', table),
    ].join(';'),
    stop: () => child.kill(),
  }
}

/** All are held open until the last is found, so that no port comes twice. */
async function findFreePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer()
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      return server
    }),
  )
  const ports = servers.map((server) => (server.address() as AddressInfo).port)
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  return ports
}
