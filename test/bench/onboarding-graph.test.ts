import { expect, it } from 'vitest'
import { findCriticalPath } from '../../bench/critical-path.ts'
import { LEAST_REQUESTS, toTasks } from '../../bench/onboarding-graph.ts'
import type { LoggedRequest } from '../../local/cloud/request-log.ts'

/** A log as one onboarding leaves it: service and route, each with the same latency. */
const LOG = [
  'graph applications.get',
  'databricks groups.list',
  'keyvault secrets.get',
  'graph applications.create',
  'graph servicePrincipals.create',
  'graph applications.addPassword',
  'databricks servicePrincipals.create',
  'entra token.v2',
  'databricks groups.patch',
  'keyvault secrets.set',
].map(
  (name, index): LoggedRequest => ({
    seq: index + 1,
    service: name.split(' ')[0] ?? '',
    route: name.split(' ')[1] ?? '',
    host: 'host.example',
    method: 'GET',
    path: '/',
    status: 200,
    startedAt: index * 10,
    durationMs: 50,
    fault: null,
    clientRequestId: null,
    caller: null,
  }),
)

it('finds every declared request in the log of an onboarding, and five of them in a row', () => {
  const tasks = toTasks(LOG)
  expect(tasks).toHaveLength(LEAST_REQUESTS)
  expect(findCriticalPath(tasks)).toHaveLength(5)
})

it('knows that the secret is stored after a trial sign-in, which needs the secret and its principal', () => {
  const slow = LOG.map((request) => (request.route === 'token.v2' ? { ...request, durationMs: 500 } : request))
  const tasks = toTasks(slow)
  expect(findCriticalPath(tasks).slice(-2)).toMatchObject([
    { name: 'entra token.v2' },
    { name: 'keyvault secrets.set' },
  ])
  expect(tasks.find(({ name }) => name === 'entra token.v2')?.after).toHaveLength(2)
})

it('takes the last of a repeated request', () => {
  const again = LOG.map((request) => ({ ...request, startedAt: 1000 + request.startedAt }))
  expect(toTasks([...LOG, ...again]).map(({ startedAt }) => startedAt >= 1000)).not.toContain(false)
})

it('refuses a log that lacks one', () => {
  expect(() => toTasks(LOG.slice(0, -1))).toThrow('keyvault secrets.set')
})
