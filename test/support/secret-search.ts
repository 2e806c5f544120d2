import { text } from 'node:stream/consumers'
import { TableClient, TableServiceClient } from '@azure/data-tables'
import { BlobServiceClient } from '@azure/storage-blob'
import { QueueServiceClient } from '@azure/storage-queue'

/** Somewhere that a secret must not be, and what is there. */
export interface Place {
  readonly name: string
  readonly text: string
}

/** Every place that has one of these texts in it, plain or as an encoding would carry it. */
export function findSecrets(places: readonly Place[], secrets: readonly string[]): string[] {
  const shapes = secrets.flatMap((secret) => [
    secret,
    encodeURIComponent(secret),
    JSON.stringify(secret).slice(1, -1),
    Buffer.from(secret).toString('hex'),
    ...base64ShapesOf(secret),
  ])
  return places.filter((place) => shapes.some((shape) => place.text.includes(shape))).map(({ name }) => name)
}

/** How base64 looks inside of a longer text depends on where it begins: three ways, without the uncertain ends. */
function base64ShapesOf(secret: string): string[] {
  return [0, 1, 2].map((offset) => {
    const encoded = Buffer.concat([Buffer.alloc(offset), Buffer.from(secret)]).toString('base64')
    return encoded.replace(/=+$/, '').slice(offset === 0 ? 0 : 4, -1)
  })
}

/** Everything in a storage account that can be read: rows, messages that are visible, blobs with their names. */
export async function readStorage(connectionString: string): Promise<Place[]> {
  const places = await Promise.all([
    readTables(connectionString),
    readQueues(connectionString),
    readBlobs(connectionString),
  ])
  return places.flat()
}

async function readTables(connectionString: string): Promise<Place[]> {
  const places: Place[] = []
  const options = { allowInsecureConnection: true }
  for await (const { name = '' } of TableServiceClient.fromConnectionString(connectionString, options).listTables()) {
    const rows: unknown[] = []
    for await (const row of TableClient.fromConnectionString(connectionString, name, options).listEntities())
      rows.push(row)
    places.push({ name: `table ${name}`, text: rows.map((row) => describeRow(row as object)).join('\n') })
  }
  return places
}

/** Values as they are: in JSON within JSON a secret would hide behind backslashes. */
function describeRow(row: object): string {
  return Object.values(row)
    .map((value) => (typeof value === 'string' ? value : JSON.stringify(value)))
    .join('\n')
}

async function readQueues(connectionString: string): Promise<Place[]> {
  const places: Place[] = []
  const service = QueueServiceClient.fromConnectionString(connectionString)
  for await (const { name } of service.listQueues()) {
    const { peekedMessageItems } = await service.getQueueClient(name).peekMessages({ numberOfMessages: 32 })
    const texts = peekedMessageItems.flatMap(({ messageText }) => [
      messageText,
      Buffer.from(messageText, 'base64').toString('utf8'),
    ])
    places.push({ name: `queue ${name}`, text: texts.join('\n') })
  }
  return places
}

async function readBlobs(connectionString: string): Promise<Place[]> {
  const places: Place[] = []
  const service = BlobServiceClient.fromConnectionString(connectionString)
  for await (const { name: containerName } of service.listContainers()) {
    const container = service.getContainerClient(containerName)
    const blobs: string[] = []
    for await (const { name, metadata } of container.listBlobsFlat({ includeMetadata: true })) {
      const { readableStreamBody } = await container.getBlobClient(name).download()
      blobs.push(name, JSON.stringify(metadata ?? {}), readableStreamBody ? await text(readableStreamBody) : '')
    }
    places.push({ name: `container ${containerName}`, text: blobs.join('\n') })
  }
  return places
}
