import { randomUUID } from 'node:crypto'
import { TableClient } from '@azure/data-tables'
import { QueueClient } from '@azure/storage-queue'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type RunningAzurite, startAzurite } from '../../../local/azurite.ts'
import { createStorage, type Storage } from '../../../src/clients/storage/storage.ts'

let azurite: RunningAzurite
let names: { table: string; queue: string; container: string }
let storage: Storage

beforeAll(async () => {
  azurite = await startAzurite()
}, 40_000)

afterAll(() => azurite?.stop())

const open = (connectionString: string): Storage =>
  createStorage({
    source: { kind: 'connection-string', connectionString },
    loadCredential: () => Promise.reject(new Error('nobody asks for a credential here')),
    tables: [names.table],
    queues: [names.queue],
    leaseContainer: names.container,
    endpointSuffix: 'core.windows.net',
  })

beforeEach(() => {
  const unique = randomUUID().replaceAll('-', '')
  names = { table: `t${unique}`, queue: `q${unique}`, container: `c${unique}` }
  storage = open(azurite.connectionString)
})

describe('a table', () => {
  const fields = {
    name: 'etl',
    count: 3,
    large: 9_007_199_254_740_991,
    ratio: 0.5,
    isDone: false,
    at: new Date(1_234),
    empty: '',
  }

  it('is made by the first call that misses it', async () => {
    expect(await storage.table(names.table).get('p', 'r')).toBeNull()
    expect(await storage.table(names.table).insert('p', 'r', fields)).toBe('inserted')
  })

  it('gives back what was put in, types included', async () => {
    const table = storage.table(names.table)
    await table.insert('p', 'r', fields)
    expect(await table.get('p', 'r')).toEqual({ row: 'r', fields, etag: expect.stringContaining('W/') })
  })

  it('keeps text that no column could hold', async () => {
    const table = storage.table(names.table)
    // ASCII, because Azurite breaks other characters where two chunks of a long request meet.
    const record = JSON.stringify({ text: '"\\x'.repeat(30_000) })
    await table.insert('p', 'r', { record, name: 'etl' })
    expect((await table.get('p', 'r'))?.fields).toEqual({ record, name: 'etl' })
  })

  it('forgets the rest of a long text that became short', async () => {
    const table = storage.table(names.table)
    await table.insert('p', 'r', { record: 'x'.repeat(90_000) })
    const row = await table.get('p', 'r')
    await table.replace('p', 'r', { record: 'short' }, row?.etag ?? '')
    expect((await table.get('p', 'r'))?.fields).toEqual({ record: 'short' })
  })

  it('has no row twice', async () => {
    const table = storage.table(names.table)
    expect(await table.insert('p', 'r', { a: 1 })).toBe('inserted')
    expect(await table.insert('p', 'r', { a: 2 })).toBe('already-there')
    expect((await table.get('p', 'r'))?.fields).toEqual({ a: 1 })
  })

  it('replaces a row whole, and only the one that was read', async () => {
    const table = storage.table(names.table)
    await table.insert('p', 'r', { a: 1, b: 2 })
    const first = await table.get('p', 'r')
    const replaced = await table.replace('p', 'r', { a: 2 }, first?.etag ?? '')
    expect(replaced).toMatchObject({ kind: 'replaced' })
    expect(await table.replace('p', 'r', { a: 3 }, first?.etag ?? '')).toEqual({ kind: 'changed-meanwhile' })
    expect(await table.replace('p', 'other', { a: 3 }, first?.etag ?? '')).toEqual({ kind: 'missing' })
    const now = await table.get('p', 'r')
    expect(now?.fields).toEqual({ a: 2 })
    expect(replaced.kind === 'replaced' && replaced.etag).toBe(now?.etag)
  })

  it('lists the head of one partition in the order of its rows', async () => {
    const table = storage.table(names.table)
    await table.upsertAll(
      "it's",
      ['3', '1', '2', '4'].map((row) => ({ row, fields: { row } })),
    )
    await table.upsertAll('other', [{ row: '0', fields: {} }])
    expect((await table.list("it's", { limit: 3 })).map(({ row }) => row)).toEqual(['1', '2', '3'])
    expect(await table.list('none', { limit: 3 })).toEqual([])
  })

  it('lists more than a page', async () => {
    const table = storage.table(names.table)
    const rows = Array.from({ length: 1_050 }, (_, index) => ({ row: String(index).padStart(4, '0'), fields: {} }))
    await table.upsertAll('p', rows)
    expect((await table.list('p', { limit: 1_020 })).map(({ row }) => row)).toEqual(
      rows.slice(0, 1_020).map(({ row }) => row),
    )
  }, 30_000)

  it('writes rows again as they come', async () => {
    const table = storage.table(names.table)
    await table.upsertAll('p', [{ row: 'r', fields: { outcome: 'started', who: 'me' } }])
    await table.upsertAll('p', [{ row: 'r', fields: { outcome: 'done' } }])
    await table.upsertAll('p', [])
    expect((await table.list('p', { limit: 9 })).map(({ fields: found }) => found)).toEqual([{ outcome: 'done' }])
  })

  it('refuses what it could not read back', async () => {
    await expect(storage.table(names.table).insert('p', 'r', { text__1: 'x' })).rejects.toThrow()
  })

  it('says what it refused', async () => {
    await expect(storage.table(names.table).insert('p', 'bad/key', {})).rejects.toMatchObject({
      code: 'upstream-rejected',
    })
  })

  it('leaves numbers that look whole as they are for other readers', async () => {
    await storage.table(names.table).insert('p', 'r', { count: 5_000_000_000 })
    const client = TableClient.fromConnectionString(azurite.connectionString, names.table, {
      allowInsecureConnection: true,
    })
    expect((await client.getEntity('p', 'r'))['count']).toBe(5_000_000_000)
  })
})

describe('a queue', () => {
  const receive = async () => {
    const client = new QueueClient(azurite.connectionString, names.queue)
    return (await client.receiveMessages({ numberOfMessages: 9 })).receivedMessageItems
  }

  it('is made by the first message, which the host can read', async () => {
    await storage.queues.send(names.queue, { onboardingId: 'ä1' })
    const [message] = await receive()
    expect(JSON.parse(Buffer.from(message?.messageText ?? '', 'base64').toString('utf8'))).toEqual({
      onboardingId: 'ä1',
    })
    expect(message?.expiresOn.getUTCFullYear()).toBeGreaterThan(2100)
  })

  it('hides a message for as long as it is told', async () => {
    await storage.queues.send(names.queue, { n: 1 }, { delaySeconds: 60 })
    await storage.queues.send(names.queue, { n: 2 })
    expect(await receive()).toHaveLength(1)
  })
})

describe('a lease', () => {
  it('is had by one at a time', async () => {
    const first = await storage.leases.acquire('work', 15)
    expect(first).toEqual({ leaseId: expect.stringMatching(/^[0-9a-f-]{36}$/) })
    expect(await storage.leases.acquire('work', 15)).toBe('held')
    expect(await storage.leases.acquire('other work', 15)).toHaveProperty('leaseId')
  })

  it('is had by one of many who want it at once, even for the first time', async () => {
    const outcomes = await Promise.all(Array.from({ length: 8 }, () => storage.leases.acquire('work', 15)))
    expect(outcomes.filter((outcome) => outcome !== 'held')).toHaveLength(1)
  })

  it('is free again once it is released', async () => {
    const lease = await storage.leases.acquire('work', 15)
    if (lease === 'held') throw new Error('nobody else is there')
    await storage.leases.release('work', lease.leaseId)
    const next = await storage.leases.acquire('work', 15)
    expect(next).not.toBe('held')
    expect(await storage.leases.renew('work', lease.leaseId)).toBe(false)
    await storage.leases.release('work', lease.leaseId)
    expect(await storage.leases.acquire('work', 15)).toBe('held')
  })

  it('can be renewed by its holder alone', async () => {
    const lease = await storage.leases.acquire('work', 15)
    if (lease === 'held') throw new Error('nobody else is there')
    expect(await storage.leases.renew('work', lease.leaseId)).toBe(true)
    expect(await storage.leases.renew('work', randomUUID())).toBe(false)
    expect(await storage.leases.renew('no such work', lease.leaseId)).toBe(false)
    await storage.leases.release('no such work', lease.leaseId)
  })
})

describe('all of it', () => {
  it('can be made beforehand, twice, too', async () => {
    await storage.ensure()
    await storage.ensure()
    expect(await storage.table(names.table).list('p', { limit: 1 })).toEqual([])
  })

  const everyKind = [
    ['tables', (broken: Storage) => broken.table(names.table).get('p', 'r')],
    ['queues', (broken: Storage) => broken.queues.send(names.queue, {})],
    ['leases', (broken: Storage) => broken.leases.acquire('work', 15)],
    ['everything', (broken: Storage) => broken.ensure()],
  ] as const

  it.each(everyKind)('is denied with a wrong key, which the error says how to mend (%s)', async (_kind, use) => {
    const wrong = azurite.connectionString.replace(
      /AccountKey=[^;]+/,
      `AccountKey=${Buffer.alloc(64).toString('base64')}`,
    )
    await expect(use(open(wrong))).rejects.toMatchObject({
      code: 'upstream-denied',
      message: expect.stringMatching(
        /Storage (Table|Queue|Blob) Data Contributor.*AzureWebJobsStorage must hold a current key/s,
      ),
    })
  })

  it.each(everyKind)(
    'is unavailable when nobody listens (%s)',
    async (_kind, use) => {
      const nobody = azurite.connectionString.replace(/http:\/\/127\.0\.0\.1:\d+/g, 'http://127.0.0.1:1')
      await expect(use(open(nobody))).rejects.toMatchObject({ code: 'upstream-unavailable', retryable: true })
    },
    20_000,
  )

  it('is unavailable when there is no identity to be had, and asks for one again the next time', async () => {
    let asked = 0
    const identified = createStorage({
      source: { kind: 'identity', accountName: 'account' },
      loadCredential: async () => {
        asked++
        throw new Error('no identity')
      },
      tables: [names.table],
      queues: [],
      leaseContainer: names.container,
      endpointSuffix: 'core.windows.net',
    })
    for (const time of [1, 2]) {
      await expect(identified.table(names.table).get('p', 'r')).rejects.toMatchObject({ code: 'upstream-unavailable' })
      expect(asked).toBe(time)
    }
  })
})
