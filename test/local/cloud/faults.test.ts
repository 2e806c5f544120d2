import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { HeldRequest } from '../../../local/cloud/holds.ts'
import { HOST, type Reply, startTinyCloud, type TinyCloud } from './tiny-cloud.ts'

let cloud: TinyCloud
beforeAll(async () => {
  cloud = await startTinyCloud()
})
afterAll(() => cloud.close())
beforeEach(() => cloud.control.command('tiny', 'forget'))
afterEach(() => cloud.control.clearFaults())

const create = (name: string, signal?: AbortSignal): Promise<Reply> =>
  cloud.call('POST', `https://${HOST}/things/${name}`, signal === undefined ? {} : { signal })

async function waitForHeld(): Promise<HeldRequest> {
  for (let tries = 0; tries < 200; tries += 1) {
    const [held] = await cloud.control.held()
    if (held) return held
    await sleep(10)
  }
  throw new Error('no request was held')
}

async function waitForLogged(fault: string): Promise<{ status: number | null }> {
  for (let tries = 0; tries < 200; tries += 1) {
    const found = (await cloud.control.requests()).findLast((request) => request.fault === fault)
    if (found) return found
    await sleep(10)
  }
  throw new Error(`no request with the fault ${fault} was logged`)
}

describe('a status fault', () => {
  it('answers instead of the effect, with Retry-After', async () => {
    await cloud.control.addFault({ kind: 'status', status: 429, retryAfterSeconds: 7 })
    const reply = await create('limited')
    expect([reply.status, reply.headers['retry-after'], cloud.service.effects]).toEqual([429, '7', []])
    expect(JSON.parse(reply.body).error.code).toBe('TooManyRequests')
  })

  it('brings the headers and the body it is given', async () => {
    await cloud.control.addFault({ kind: 'status', status: 409, headers: { 'x-why': 'test' }, body: { mine: true } })
    const reply = await create('given')
    expect([reply.status, reply.headers['x-why'], reply.body]).toEqual([409, 'test', '{"mine":true}'])
  })

  it('skips as many as it is told, then hits as many as it is told', async () => {
    await cloud.control.addFault({ kind: 'status', status: 503, skip: 1, count: 2 })
    const statuses = []
    for (const name of ['a', 'b', 'c', 'd']) statuses.push((await create(name)).status)
    expect(statuses).toEqual([201, 503, 503, 201])
    expect(await cloud.control.faultHits()).toBe(2)
  })

  it.for([
    { service: 'other' },
    { host: 'other.vault.azure.net' },
    { method: 'GET' },
    { route: 'things' },
    { route: 'things\\.(list|clear)' },
  ])('leaves requests alone that %o does not describe', async (match) => {
    await cloud.control.addFault({ kind: 'status', status: 500, ...match })
    expect((await create('spared')).status).toBe(201)
  })

  it('matches a route by a regular expression', async () => {
    await cloud.control.addFault({ kind: 'status', status: 500, service: 'tiny', route: 'things\\..*' })
    expect((await create('matched')).status).toBe(500)
  })
})

describe('a cut connection', () => {
  it('has no effect when the request is dropped', async () => {
    await cloud.control.addFault({ kind: 'drop' })
    await expect(create('dropped')).rejects.toThrow()
    expect(cloud.service.effects).toEqual([])
    expect((await waitForLogged('drop')).status).toBeNull()
  })

  it('has its effect when only the answer is lost', async () => {
    await cloud.control.addFault({ kind: 'lost-answer' })
    await expect(create('lost')).rejects.toThrow()
    expect(cloud.service.effects).toEqual(['lost'])
  })

  it('leaves the next request alone', async () => {
    await cloud.control.addFault({ kind: 'lost-answer' })
    await expect(create('lost')).rejects.toThrow()
    expect((await create('next')).status).toBe(201)
  })
})

describe('a held request', () => {
  it('waits before its effect until it is released', async () => {
    await cloud.control.addFault({ kind: 'hold-before' })
    const pending = create('held')
    const held = await waitForHeld()
    expect(held).toMatchObject({ service: 'tiny', route: 'things.create', side: 'before' })
    expect(cloud.service.effects).toEqual([])
    await cloud.control.release(held.id)
    expect((await pending).status).toBe(201)
    expect(await cloud.control.held()).toEqual([])
  })

  it('waits after its effect until it is released', async () => {
    await cloud.control.addFault({ kind: 'hold-after' })
    const pending = create('held')
    const held = await waitForHeld()
    expect(cloud.service.effects).toEqual(['held'])
    await cloud.control.release(held.id)
    expect((await pending).status).toBe(201)
  })

  it('never takes effect when its caller dies before', async () => {
    await cloud.control.addFault({ kind: 'hold-before' })
    const caller = new AbortController()
    const pending = create('dead', caller.signal)
    await waitForHeld()
    caller.abort()
    await expect(pending).rejects.toThrow()
    expect((await waitForLogged('hold-before')).status).toBeNull()
    expect([cloud.service.effects, await cloud.control.held()]).toEqual([[], []])
  })

  it('lets other requests pass', async () => {
    await cloud.control.addFault({ kind: 'hold-before', route: 'things.create' })
    const pending = create('held')
    const held = await waitForHeld()
    expect((await cloud.call('GET', `https://${HOST}/things`)).body).toBe('[]')
    await cloud.control.release(held.id)
    await pending
  })
})

describe('a slow request', () => {
  it('takes effect even when its caller has given up', async () => {
    await cloud.control.addFault({ kind: 'slow', delayMs: 150 })
    await expect(create('slow', AbortSignal.timeout(50))).rejects.toThrow()
    expect(cloud.service.effects).toEqual([])
    await waitForLogged('slow')
    expect(cloud.service.effects).toEqual(['slow'])
  })
})

describe('latency', () => {
  it('delays each answer of its service, and requests do not wait for each other', async () => {
    await cloud.control.setLatency({ tiny: 100 })
    const startedAt = performance.now()
    await Promise.all(Array.from({ length: 50 }, (_, index) => create(`late-${index}`)))
    const tookMs = performance.now() - startedAt
    await cloud.control.setLatency({ tiny: 0 })
    const durations = (await cloud.control.requests()).slice(-50).map(({ durationMs }) => durationMs)
    expect(Math.min(...durations)).toBeGreaterThanOrEqual(99)
    expect(tookMs).toBeLessThan(50 * 100)
  })
})

describe('commands in one call', () => {
  const forget = { service: 'tiny', command: 'forget' }

  it('run one after another and give their answers in this order', async () => {
    await create('one')
    await create('two')
    expect(await cloud.control.commands([forget, forget])).toEqual([{ forgot: 2 }, { forgot: 0 }])
  })

  it('end with the first that fails', async () => {
    await create('one')
    const unknown = { service: 'tiny', command: 'unknown' }
    await expect(cloud.control.commands([unknown, forget])).rejects.toThrow('no command tiny/unknown')
    expect(cloud.service.effects).toEqual(['one'])
  })
})
