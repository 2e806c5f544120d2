import { existsSync, readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { parseTimeSpanMs } from './time-span.ts'

export interface QueueOptions {
  readonly batchSize: number
  readonly newBatchThreshold: number
  readonly maxDequeueCount: number
  readonly maxPollingIntervalMs: number
  readonly visibilityTimeoutMs: number
  readonly messageEncoding: 'base64' | 'none'
}

interface HttpOptions {
  readonly routePrefix: string
  readonly customHeaders: Readonly<Record<string, string>>
  /** Calls running at once, and those running or waiting; beyond the second the host answers 429. */
  readonly maxConcurrentRequests: number
  readonly maxOutstandingRequests: number
}

export interface HostJson {
  readonly http: HttpOptions
  readonly queues: QueueOptions
  readonly functionTimeoutMs: number
  readonly logLevels: Readonly<Record<string, string>>
  readonly extensionBundle?: { readonly id: string; readonly version: string }
}

interface RawHostJson {
  readonly functionTimeout?: string
  readonly extensionBundle?: { readonly id: string; readonly version: string }
  readonly logging?: { readonly logLevel?: Readonly<Record<string, string>> }
  readonly extensions?: {
    readonly http?: Partial<HttpOptions>
    readonly queues?: {
      readonly batchSize?: number
      readonly newBatchThreshold?: number
      readonly maxDequeueCount?: number
      readonly maxPollingInterval?: string
      readonly visibilityTimeout?: string
      readonly messageEncoding?: string
    }
  }
}

const defaultFunctionTimeoutMs = 30 * 60_000

/** Reads host.json of an app with the defaults of a real host; throws when it is not JSON. */
export function readHostJson(appFolder: string): HostJson {
  const file = join(appFolder, 'host.json')
  return parseHostJson(existsSync(file) ? readFileSync(file, 'utf8') : '{}')
}

export function parseHostJson(text: string): HostJson {
  const raw: RawHostJson = JSON.parse(text)
  return {
    http: parseHttp(raw.extensions?.http ?? {}),
    queues: parseQueues(raw.extensions?.queues ?? {}),
    functionTimeoutMs: parseDuration(raw.functionTimeout, defaultFunctionTimeoutMs),
    logLevels: raw.logging?.logLevel ?? {},
    ...(raw.extensionBundle && { extensionBundle: raw.extensionBundle }),
  }
}

function parseHttp(raw: Partial<HttpOptions>): HttpOptions {
  return {
    routePrefix: (raw.routePrefix ?? 'api').replace(/^\/+|\/+$/g, ''),
    customHeaders: raw.customHeaders ?? {},
    maxConcurrentRequests: readLimit(raw.maxConcurrentRequests),
    maxOutstandingRequests: readLimit(raw.maxOutstandingRequests),
  }
}

function parseQueues(raw: NonNullable<NonNullable<RawHostJson['extensions']>['queues']>): QueueOptions {
  const batchSize = raw.batchSize ?? 16
  return {
    batchSize,
    newBatchThreshold: raw.newBatchThreshold ?? Math.floor(batchSize / 2) * availableParallelism(),
    maxDequeueCount: raw.maxDequeueCount ?? 5,
    maxPollingIntervalMs: parseDuration(raw.maxPollingInterval, 60_000),
    visibilityTimeoutMs: parseDuration(raw.visibilityTimeout, 0),
    messageEncoding: raw.messageEncoding?.toLowerCase() === 'none' ? 'none' : 'base64',
  }
}

function parseDuration(text: string | undefined, otherwiseMs: number): number {
  if (text === undefined) return otherwiseMs
  const ms = parseTimeSpanMs(text)
  if (ms === undefined) throw new Error(`host.json: "${text}" is not a time span (hh:mm:ss)`)
  return ms
}

function readLimit(limit: number | undefined): number {
  return limit === undefined || limit < 0 ? Number.POSITIVE_INFINITY : limit
}
