import { createRequire } from 'node:module'
import { startChild } from './child.ts'

/** Azurite's account is the same everywhere, by design, and documented: it opens nothing but emulators. */
const ACCOUNT = 'devstoreaccount1'
const KEY = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=='

const LISTENING = /^Azurite (Blob|Queue|Table) service is successfully listening at (\S+)$/

export interface RunningAzurite {
  readonly connectionString: string
  stop(): Promise<void>
}

/** Starts the storage emulator in memory. It chooses its ports itself, so that two that start at once do not meet. */
export async function startAzurite(): Promise<RunningAzurite> {
  const child = await startChild({
    what: 'Azurite',
    args: [
      createRequire(import.meta.url).resolve('azurite/dist/src/azurite.js'),
      ...['--inMemoryPersistence', '--skipApiVersionCheck', '--disableTelemetry', '--silent'],
      ...['--blobPort', '0', '--queuePort', '0', '--tablePort', '0'],
    ],
    isReady: (line) => LISTENING.exec(line)?.[1] === 'Table',
  })
  const endpoints = child.output.flatMap((line) => {
    const [, kind, url] = LISTENING.exec(line) ?? []
    return kind === undefined ? [] : [`${kind}Endpoint=${url}/${ACCOUNT}`]
  })
  return {
    connectionString: [
      'DefaultEndpointsProtocol=http',
      `AccountName=${ACCOUNT}`,
      `AccountKey=${KEY}`,
      ...endpoints,
    ].join(';'),
    stop: () => child.kill(),
  }
}
