import { createServer, type IncomingMessage, type Server } from 'node:http'
import { text } from 'node:stream/consumers'
import type { Clock } from './clock.ts'
import type { NamedCommand } from './control.ts'
import type { Fault, FaultBook } from './faults.ts'
import type { HoldRoom } from './holds.ts'
import type { RequestLog } from './request-log.ts'
import type { CloudService } from './service.ts'

export interface ControlPortOptions {
  readonly services: readonly CloudService[]
  readonly faults: FaultBook
  readonly holds: HoldRoom
  readonly log: RequestLog
  readonly latency: Map<string, number>
  readonly clock: Clock
}

/** The cloud's other door, for tests, demo and benchmarks: plain http on loopback, JSON both ways. */
export function createControlPort(options: ControlPortOptions): Server {
  return createServer((request, response) => {
    answer(options, request).then(
      (body) => {
        response.writeHead(200, { 'content-type': 'application/json' })
        response.end(JSON.stringify(body ?? {}))
      },
      (error: unknown) => {
        response.writeHead(400, { 'content-type': 'application/json' })
        response.end(JSON.stringify({ error: error instanceof Error ? error.message : String(error) }))
      },
    )
  })
}

async function answer(options: ControlPortOptions, request: IncomingMessage): Promise<unknown> {
  const { services, faults, holds, log, latency, clock } = options
  const url = new URL(request.url ?? '/', 'http://127.0.0.1')
  const body = await text(request)
  const input: unknown = body === '' ? undefined : JSON.parse(body)
  const [resource = '', id = '', command = ''] = url.pathname.slice(1).split('/')
  switch (`${request.method} ${resource}`) {
    case 'GET health':
      return { status: 'ready' }
    case 'POST faults':
      return { id: faults.add(input as Fault) }
    case 'GET faults':
      return faults.list()
    case 'DELETE faults':
      return faults.clear()
    case 'PUT latency':
      for (const [service, milliseconds] of Object.entries(input as Record<string, number>))
        latency.set(service, milliseconds)
      return Object.fromEntries(latency)
    case 'GET requests':
      return log.since(Number(url.searchParams.get('since') ?? 0))
    case 'GET held':
      return holds.list()
    case 'POST held':
      return { released: holds.release(Number(id)) }
    case 'GET clock':
      return { now: clock.now() }
    case 'POST clock':
      clock.advance((input as { advanceMs: number }).advanceMs)
      return { now: clock.now() }
    case 'POST services':
      return runCommand(services, { service: id, command, input })
    case 'POST commands': {
      const answers: unknown[] = []
      for (const named of input as readonly NamedCommand[]) answers.push(await runCommand(services, named))
      return answers
    }
    default:
      throw new Error(`the control port knows no ${request.method} ${url.pathname}`)
  }
}

function runCommand(services: readonly CloudService[], { service, command, input }: NamedCommand): unknown {
  const run = services.find(({ name }) => name === service)?.commands[command]
  if (!run) throw new Error(`the local cloud has no command ${service}/${command}`)
  return run(input)
}
