import { expect, it } from 'vitest'
import { findCriticalPath } from '../../bench/critical-path.ts'
import { LEAST_REQUESTS, toTasks } from '../../bench/onboarding-graph.ts'
import type { LoggedRequest } from '../../local/cloud/request-log.ts'

/** A log as one onboarding leaves it: service and route, each with the same latency. */
const LOG = [
  'graph applications.get',
  'databricks groups.list',
  'databricks groups.list',
  'databricks secretScopes.list',
  'databricks workspace.getStatus',
  'databricks jobs.list',
  'arm machineLearningWorkspaces.get',
  'arm registries.get',
  'keyvault secrets.get',
  'graph deletedItems.list',
  'keyvault deletedSecrets.get',
  'databricks secretScopes.create',
  'databricks workspace.mkdirs',
  'graph applications.create',
  'databricks workspace.import',
  'graph servicePrincipals.create',
  'graph applications.addPassword',
  'databricks jobs.create',
  'databricks workspace.getStatus',
  'databricks servicePrincipals.create',
  'arm roleAssignments.create',
  'arm roleAssignments.create',
  'entra token.v2',
  'databricks groups.patch',
  'keyvault secrets.set',
  'databricks permissions.get',
  'databricks permissions.set',
  'databricks permissions.update',
  'keyvault secrets.getVersion',
  'databricks workspaceSecrets.put',
  'databricks secretAcls.put',
  'databricks secretAcls.get',
  'databricks workspaceSecrets.list',
  'databricks jobs.runNow',
  'databricks runs.get',
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

it('finds every declared request in the log of an onboarding, and ten of them in a row', () => {
  const tasks = toTasks(LOG)
  expect(tasks).toHaveLength(LEAST_REQUESTS)
  expect(findCriticalPath(tasks)).toHaveLength(10)
})

it('knows that the secret is stored after a trial sign-in, which needs the secret and its principal', () => {
  const slow = LOG.map((request) => (request.route === 'token.v2' ? { ...request, durationMs: 500 } : request))
  const tasks = toTasks(slow)
  const names = findCriticalPath(tasks).map(({ name }) => name)
  expect(names.slice(names.indexOf('entra token.v2')).slice(0, 2)).toEqual(['entra token.v2', 'keyvault secrets.set'])
  expect(tasks.find(({ name }) => name === 'entra token.v2')?.after).toHaveLength(2)
})

it('takes the last of a repeated request', () => {
  const again = LOG.filter(({ route }) => route === 'applications.create').map((request) => ({
    ...request,
    startedAt: 1000,
  }))
  const repeated = toTasks([...LOG, ...again]).filter(({ startedAt }) => startedAt === 1000)
  expect(repeated.map(({ name }) => name)).toEqual(['graph applications.create'])
})

it('tells requests that are alike apart by their order', () => {
  const looks = toTasks(LOG).filter(({ name }) => name.startsWith('databricks workspace.getStatus'))
  expect(looks.map(({ startedAt }) => startedAt)).toEqual([40, 180])
})

it('refuses a log that lacks one', () => {
  expect(() => toTasks(LOG.slice(0, -1))).toThrow('databricks runs.get')
})
