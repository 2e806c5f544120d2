import { request } from 'node:http'
import { text } from 'node:stream/consumers'
import type { Fault } from './faults.ts'
import type { HeldRequest } from './holds.ts'
import type { LoggedRequest } from './request-log.ts'

/** The control port, typed; for tests, demo and benchmarks. */
export interface CloudControl {
  addFault(fault: Fault): Promise<void>
  clearFaults(): Promise<void>
  /** How often each fault in force has hit. */
  faultHits(): Promise<number>
  /** Milliseconds by service name. */
  setLatency(latency: Readonly<Record<string, number>>): Promise<void>
  requests(sinceSeq?: number): Promise<LoggedRequest[]>
  held(): Promise<HeldRequest[]>
  release(id: number): Promise<void>
  now(): Promise<number>
  advanceClock(milliseconds: number): Promise<void>
  /** Runs a fake's own command. */
  command<T = unknown>(service: string, command: string, input?: unknown): Promise<T>
  /** Runs many commands in one call, one after another, and gives their answers; the first that fails ends it. */
  commands<T = unknown>(commands: readonly NamedCommand[]): Promise<T[]>
}

export interface NamedCommand {
  readonly service: string
  readonly command: string
  readonly input?: unknown
}

export function createControl(url: string): CloudControl {
  const call = (method: string, path: string, body?: unknown): Promise<unknown> => callJson(url, method, path, body)
  return {
    addFault: async (fault) => void (await call('POST', '/faults', fault)),
    clearFaults: async () => void (await call('DELETE', '/faults')),
    faultHits: async () => {
      const faults = (await call('GET', '/faults')) as { hits: number }[]
      return faults.reduce((sum, { hits }) => sum + hits, 0)
    },
    setLatency: async (latency) => void (await call('PUT', '/latency', latency)),
    requests: async (sinceSeq = 0) => (await call('GET', `/requests?since=${sinceSeq}`)) as LoggedRequest[],
    held: async () => (await call('GET', '/held')) as HeldRequest[],
    release: async (id) => void (await call('POST', `/held/${id}/release`)),
    now: async () => ((await call('GET', '/clock')) as { now: number }).now,
    advanceClock: async (advanceMs) => void (await call('POST', '/clock', { advanceMs })),
    command: async <T>(service: string, command: string, input?: unknown) =>
      (await call('POST', `/services/${service}/${command}`, input === undefined ? {} : input)) as T,
    commands: async <T>(commands: readonly NamedCommand[]) => (await call('POST', '/commands', commands)) as T[],
  }
}

/** Plain `node:http`, so that no proxy variable of the calling process leads it astray. */
async function callJson(url: string, method: string, path: string, body: unknown): Promise<unknown> {
  const answer = await new Promise<{ status: number; body: string }>((resolve, reject) => {
    const outgoing = request(new URL(path, url), { method, agent: false }, (incoming) => {
      text(incoming).then((received) => resolve({ status: incoming.statusCode ?? 0, body: received }), reject)
    })
    outgoing.once('error', reject)
    outgoing.end(body === undefined ? undefined : JSON.stringify(body))
  })
  if (answer.status !== 200) throw new Error(`control port: ${method} ${path}: ${answer.body}`)
  return JSON.parse(answer.body)
}
