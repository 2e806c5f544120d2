import type { LoggedRequest } from '../local/cloud/request-log.ts'
import { UPSTREAM } from './onboarding-graph.ts'

/**
 * The fewest requests that replace a token: what is current, what else is alive, a sign-in as the principal, make, use,
 * store, read back.
 */
export const LEAST_PER_ROTATION = [
  'keyvault secrets.get',
  'databricks tokenManagement.list',
  'entra token.v2',
  'databricks token.create',
  'databricks me.get',
  'keyvault secrets.set',
  'keyvault secrets.getVersion',
] as const

/** What the log of the pretend Azure tells of many rotations. */
export interface RotationTraffic {
  /** All requests for them, refused ones too. */
  readonly requests: number
  /** Of these, to Databricks. */
  readonly databricks: number
  /** Of these, refused for coming too fast (429). */
  readonly throttled: number
  /**
   * Requests for rotations that the workspaces took, those refused for coming too fast left out, divided by what the rates
   * allow in that time: workspaces x requests a second x `busyMs`. A second's worth may go within half of it in the beginning, so
   * that short runs can come out above 1.
   */
  readonly useOfRate: number
  /** From the first of them at Databricks to the end of the last there. */
  readonly busyMs: number
  /** By service and route. */
  readonly counts: ReadonlyMap<string, number>
}

/** Workspaces, and requests a second that each takes. */
export interface Rates {
  readonly workspaces: number
  readonly requestsPerSecond: number
}

/** The timer's own look at all vaults and workspaces is left out. Throws when there was no request to Databricks. */
export function measureTraffic(logged: readonly LoggedRequest[], rates: Rates): RotationTraffic {
  const requests = logged.filter((request) => UPSTREAM.includes(request.service) && !isOfScan(request))
  const databricks = requests.filter(({ service }) => service === 'databricks')
  if (databricks.length === 0) throw new RangeError('there were no rotations')
  const taken = databricks.filter(({ status }) => status !== 429)
  const startedAt = Math.min(...databricks.map((request) => request.startedAt))
  const busyMs = Math.max(...databricks.map((request) => request.startedAt + request.durationMs)) - startedAt
  const counts = Map.groupBy(requests, ({ service, route }) => `${service} ${route}`)
  return {
    requests: requests.length,
    databricks: databricks.length,
    throttled: databricks.filter(({ status }) => status === 429).length,
    useOfRate: taken.length / (rates.workspaces * rates.requestsPerSecond * (busyMs / 1000)),
    busyMs,
    counts: new Map([...counts].map(([name, { length }]) => [name, length])),
  }
}

/** Throws when some of the least were made for fewer credentials: then it is not rotations that were measured. */
export function requireRotations({ counts }: RotationTraffic, credentials: number): void {
  const missing = LEAST_PER_ROTATION.filter((name) => (counts.get(name) ?? 0) < credentials)
  if (missing.length > 0) throw new Error(`fewer than ${credentials} times: ${missing.join(', ')}`)
}

/** Whether the timer made it to find what is due: a page of a vault's secrets, or the list of all tokens. */
export function isOfScan({ service, route, path }: LoggedRequest): boolean {
  if (service === 'keyvault') return route === 'secrets.list'
  return service === 'databricks' && route === 'tokenManagement.list' && !path.includes('created_by')
}
