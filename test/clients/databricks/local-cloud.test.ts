import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { resourceIdOfHost } from '../../../local/cloud/arm/resources.ts'
import { launchCloud, type RunningCloud } from '../../../local/cloud/launch.ts'
import type { JobSettings, WorkspacePrincipal } from '../../../src/clients/databricks/client.ts'
import { Secret } from '../../../src/platform/secret.ts'
import { type CloudClients, createCloudClients } from '../../support/cloud-clients.ts'
import { findSecrets } from '../../support/secret-search.ts'

const NOTEBOOK = '/Steward/prod/etl/check'

let cloud: RunningCloud
let clients: CloudClients

beforeAll(async () => {
  cloud = await launchCloud()
  clients = createCloudClients(cloud.place)
})

afterAll(() => cloud?.child.stop())

beforeEach(async () => {
  await cloud.control.clearFaults()
  await cloud.control.command('databricks', 'reset')
})

const identity = () => cloud.place.settings.identity

async function addPrincipal(): Promise<WorkspacePrincipal> {
  const added = await clients.workspace.createServicePrincipal({
    applicationId: randomUUID(),
    displayName: 'etl',
    externalId: 'steward/prod/etl',
    entitlements: ['allow-cluster-create'],
  })
  if (added === 'already-exists') throw new Error(added)
  return added
}

const settings: JobSettings = {
  name: 'etl',
  tags: { 'steward-instance': 'prod' },
  timeoutSeconds: 600,
  task: {
    key: 'check',
    notebookPath: NOTEBOOK,
    cluster: {
      sparkVersion: '15.4.x-scala2.12',
      nodeTypeId: 'Standard_DS3_v2',
      numWorkers: 1,
      dataSecurityMode: 'SINGLE_USER',
      sparkConf: { 'spark.app.name': 'etl' },
    },
  },
}

async function makeNotebook(): Promise<void> {
  await clients.workspace.makeDirectories('/Steward/prod/etl')
  await clients.workspace.importNotebook(NOTEBOOK, { language: 'SQL', source: 'SELECT 1', overwrite: true })
}

describe('secret scopes', () => {
  it('keep secrets that come back as they were put, and nowhere else', async () => {
    const { workspace } = clients
    const value = `Grüße ${randomUUID()}`
    expect(await workspace.createSecretScope('etl', null)).toBe('created')
    expect(await workspace.createSecretScope('etl', null)).toBe('already-exists')
    expect(await workspace.listSecretScopes()).toEqual([{ name: 'etl', backend: 'databricks', vault: null }])
    expect(await workspace.listSecretKeys('etl')).toEqual([])
    await workspace.putSecret('etl', 'client-secret', new Secret('before'))
    await workspace.putSecret('etl', 'client-secret', new Secret(value))
    expect(await workspace.listSecretKeys('etl')).toEqual(['client-secret'])
    expect((await workspace.getSecretValue('etl', 'client-secret'))?.reveal()).toBe(value)
    expect(await workspace.getSecretValue('etl', 'none')).toBeNull()
    expect(findSecrets([{ name: 'log', text: clients.lines.join() }], [value])).toEqual([])
    await workspace.deleteSecret('etl', 'client-secret')
    await workspace.deleteSecret('etl', 'client-secret')
    await workspace.deleteSecretScope('etl')
    await workspace.deleteSecretScope('etl')
    expect(await workspace.listSecretScopes()).toEqual([])
  })

  it('stand on a vault that the identity may change, which Databricks then reads', async () => {
    const { workspace } = clients
    const host = 'kv-etl-prod.vault.azure.net'
    const vault = { resourceId: resourceIdOfHost(cloud.place.settings, host), url: `https://${host}` }
    const name = `s${randomUUID()}`
    await cloud.control.command('keyvault', 'put', { vault: host, name, value: 'from the vault' })
    expect(await workspace.createSecretScope('vaulted', vault)).toBe('created')
    expect(await workspace.createSecretScope('vaulted', vault)).toBe('already-exists')
    expect(await workspace.listSecretScopes()).toEqual([{ name: 'vaulted', backend: 'key-vault', vault }])
    expect(await workspace.listSecretKeys('vaulted')).toContain(name)
    expect((await workspace.getSecretValue('vaulted', name))?.reveal()).toBe('from the vault')
    await expect(workspace.putSecret('vaulted', name, new Secret('x'))).rejects.toMatchObject({
      code: 'upstream-rejected',
    })
  })

  it('do not stand on a vault that the identity may not change', async () => {
    const host = 'kv-steward.vault.azure.net'
    const vault = { resourceId: resourceIdOfHost(cloud.place.settings, host), url: `https://${host}` }
    await expect(clients.workspace.createSecretScope('vaulted', vault)).rejects.toMatchObject({
      code: 'upstream-denied',
      message: expect.stringContaining('Microsoft.KeyVault/vaults/write'),
    })
  })

  it('cannot be read when Databricks has no role on their vault', async () => {
    const { workspace } = clients
    const host = 'kv-team.vault.azure.net'
    const vault = { resourceId: resourceIdOfHost(cloud.place.settings, host), url: `https://${host}` }
    const grant = { scope: host, principalId: identity().objectId, role: 'Key Vault Contributor' }
    await cloud.control.command('arm', 'assign', grant)
    try {
      await workspace.createSecretScope('vaulted', vault)
      await expect(workspace.listSecretKeys('vaulted')).rejects.toMatchObject({ code: 'vault-unreadable' })
      await expect(workspace.getSecretValue('vaulted', 'any')).rejects.toMatchObject({ code: 'vault-unreadable' })
    } finally {
      await cloud.control.command('arm', 'unassign', grant)
    }
  })

  it('are for whom they were given to', async () => {
    const { workspace } = clients
    await workspace.createSecretScope('etl', null)
    expect(await workspace.putSecretAcl('etl', randomUUID(), 'READ')).toBe('principal-not-there')
    const { applicationId } = await addPrincipal()
    expect(await workspace.getSecretAcl('etl', applicationId)).toBeNull()
    expect(await workspace.putSecretAcl('etl', applicationId, 'READ')).toBe('put')
    expect(await workspace.putSecretAcl('etl', applicationId, 'WRITE')).toBe('put')
    expect(await workspace.getSecretAcl('etl', applicationId)).toBe('WRITE')
    await workspace.deleteSecretAcl('etl', applicationId)
    await workspace.deleteSecretAcl('etl', applicationId)
    expect(await workspace.getSecretAcl('etl', applicationId)).toBeNull()
    await expect(workspace.putSecretAcl('none', applicationId, 'READ')).rejects.toMatchObject({
      code: 'upstream-rejected',
    })
  })
})

describe('notebooks and folders', () => {
  it('are made, read back and deleted again, folders only when empty', async () => {
    const { workspace } = clients
    const notebook = { language: 'SQL', source: 'SELECT 1', overwrite: false } as const
    expect(await workspace.importNotebook(NOTEBOOK, notebook)).toBe('parent-missing')
    expect(await workspace.getObjectStatus(NOTEBOOK)).toBeNull()
    expect(await workspace.exportNotebook(NOTEBOOK)).toBeNull()
    await makeNotebook()
    expect(await workspace.importNotebook(NOTEBOOK, notebook)).toBe('already-exists')
    const made = await workspace.getObjectStatus(NOTEBOOK)
    expect(made).toEqual({ objectId: expect.stringMatching(/^\d+$/), kind: 'notebook', language: 'SQL' })
    expect(await workspace.importNotebook(NOTEBOOK, { ...notebook, source: 'SELECT 2', overwrite: true })).toBe(
      'imported',
    )
    expect(await workspace.getObjectStatus(NOTEBOOK)).toEqual(made)
    expect(await workspace.exportNotebook(NOTEBOOK)).toContain('SELECT 2')
    expect(await workspace.getObjectStatus('/Steward/prod')).toMatchObject({ kind: 'directory', language: null })
    expect(await workspace.deleteObject('/Steward/prod/etl')).toBe('not-empty')
    expect(await workspace.deleteObject(NOTEBOOK)).toBe('deleted')
    expect(await workspace.deleteObject(NOTEBOOK)).toBe('deleted')
    expect(await workspace.deleteObject('/Steward/prod/etl')).toBe('deleted')
  })

  it('can be read by whom they were given to', async () => {
    const { workspace } = clients
    await makeNotebook()
    const { applicationId: name } = await addPrincipal()
    const { objectId } = (await workspace.getObjectStatus(NOTEBOOK)) ?? { objectId: '' }
    const grant = { principal: { kind: 'service-principal', name }, level: 'CAN_READ' } as const
    const unknown = { ...grant, principal: { ...grant.principal, name: randomUUID() } }
    expect(await workspace.addPermissions('notebooks', objectId, [unknown])).toBe('principal-not-there')
    const given = await workspace.addPermissions('notebooks', objectId, [grant])
    expect(given).toContainEqual({ ...grant, isInherited: false })
    expect(given).toContainEqual({
      principal: { kind: 'group', name: 'admins' },
      level: 'CAN_MANAGE',
      isInherited: true,
    })
    expect(await workspace.getPermissions('notebooks', objectId)).toEqual(given)
    expect(await workspace.getPermissions('notebooks', '7')).toBeNull()
  })
})

describe('jobs', () => {
  it('are there as they were created, under ids of any length', async () => {
    const { workspace } = clients
    const jobId = await workspace.createJob(settings)
    await workspace.createJob({ ...settings, name: 'other' })
    const { task, ...rest } = settings
    expect(await workspace.listJobs('etl')).toEqual([
      {
        jobId,
        creator: identity().clientId,
        createdAt: expect.any(Date),
        settings: { ...rest, hasGitSource: false, tasks: [{ ...task, isFromGit: false, hasAddedCode: false }] },
      },
    ])
    expect(await workspace.getRunAs(jobId)).toBe(identity().clientId)
    expect(await workspace.listJobs('none')).toEqual([])
    const changed = { ...settings, timeoutSeconds: 700, task: { ...task, key: 'other' } }
    expect(await workspace.updateJob(jobId, changed, ['tasks/check'])).toBe('updated')
    expect(await workspace.listJobs('ETL')).toMatchObject([
      { jobId, settings: { timeoutSeconds: 700, tasks: [{ key: 'other' }] } },
    ])
    await workspace.deleteJob(jobId)
    await workspace.deleteJob(jobId)
    expect(await workspace.updateJob(jobId, settings)).toBe('missing')
    expect(await workspace.listRuns(jobId, 1)).toEqual([])
    expect(await workspace.getPermissions('jobs', jobId)).toBeNull()
    await workspace.cancelAllRuns(jobId)
    expect(await workspace.listJobs('etl')).toEqual([])
  })

  it('change their one owner', async () => {
    const { workspace } = clients
    const jobId = await workspace.createJob(settings)
    const { applicationId: name } = await addPrincipal()
    const owner = { principal: { kind: 'service-principal', name }, level: 'IS_OWNER' } as const
    const unknown = { ...owner, principal: { ...owner.principal, name: randomUUID() } }
    expect(await workspace.setPermissions('jobs', jobId, [unknown])).toBe('principal-not-there')
    await expect(workspace.setPermissions('jobs', jobId, [])).rejects.toMatchObject({ code: 'upstream-rejected' })
    expect(await workspace.setPermissions('jobs', jobId, [owner])).toEqual([
      { ...owner, isInherited: false },
      { principal: { kind: 'group', name: 'admins' }, level: 'CAN_MANAGE', isInherited: true },
    ])
  })

  it('run once for each token, and tell how it ended', async () => {
    const { workspace } = clients
    await cloud.control.command('databricks', 'runTimes', { pendingMs: 0, runningMs: 300 })
    await makeNotebook()
    const { applicationId: name } = await addPrincipal()
    const jobId = await workspace.createJob(settings)
    await workspace.setPermissions('jobs', jobId, [
      { principal: { kind: 'service-principal', name }, level: 'IS_OWNER' },
    ])
    const { objectId } = (await workspace.getObjectStatus(NOTEBOOK)) ?? { objectId: '' }
    await workspace.addPermissions('notebooks', objectId, [
      { principal: { kind: 'service-principal', name }, level: 'CAN_READ' },
    ])
    const runId = await workspace.runJob(jobId, 'token-1')
    expect(await workspace.runJob(jobId, 'token-1')).toBe(runId)
    expect(await workspace.getRun(runId)).toMatchObject({ runId, jobId, isEnded: false, result: null })
    await delay(400)
    const run = await workspace.getRun(runId)
    expect(run).toMatchObject({
      isEnded: true,
      result: 'SUCCESS',
      terminationCode: 'SUCCESS',
      taskRunIds: [expect.any(String)],
    })
    expect(await workspace.listRuns(jobId, 5)).toEqual([run])
    expect(await workspace.getRunError(run?.taskRunIds[0] ?? '')).toBeNull()
    expect(await workspace.getRun('7')).toBeNull()
    expect(await workspace.getRunError('7')).toBeNull()
  })

  it('say why a run failed', async () => {
    const { workspace } = clients
    await cloud.control.command('databricks', 'runTimes', { pendingMs: 0, runningMs: 0 })
    await cloud.control.command('databricks', 'failRuns', { code: 'CLUSTER_ERROR', message: 'No machines left' })
    await makeNotebook()
    const jobId = await workspace.createJob(settings)
    const run = await workspace.getRun(await workspace.runJob(jobId, 'token-1'))
    expect(run).toMatchObject({
      isEnded: true,
      result: 'FAILED',
      terminationCode: 'CLUSTER_ERROR',
      message: expect.stringContaining('No machines left'),
    })
    expect(await workspace.getRunError(run?.taskRunIds[0] ?? '')).toContain('No machines left')
  })

  it('are cancelled', async () => {
    const { workspace } = clients
    await cloud.control.command('databricks', 'runTimes', { pendingMs: 60_000, runningMs: 0 })
    const jobId = await workspace.createJob(settings)
    const runId = await workspace.runJob(jobId, 'token-1')
    await workspace.cancelAllRuns(jobId)
    expect(await workspace.getRun(runId)).toMatchObject({ isEnded: true, result: 'CANCELED' })
  })
})

describe('a service principal', () => {
  it('is released from our mark, once or twice, and deleted', async () => {
    const { workspace } = clients
    const { principalId } = await addPrincipal()
    await workspace.releaseServicePrincipal(principalId)
    await workspace.releaseServicePrincipal(principalId)
    expect(await workspace.getServicePrincipal(principalId)).toMatchObject({ externalId: null })
    await workspace.deleteServicePrincipal(principalId)
    await workspace.deleteServicePrincipal(principalId)
    expect(await workspace.getServicePrincipal(principalId)).toBeNull()
    await workspace.releaseServicePrincipal(principalId)
  })
})

describe('an identity that is no admin', () => {
  it('is denied, with the right that it lacks', async () => {
    const { workspace } = clients
    await workspace.createSecretScope('etl', null)
    const jobId = await workspace.createJob(settings)
    await cloud.control.command('databricks', 'setAdmin', { applicationId: identity().clientId, admin: false })
    const denial = { code: 'upstream-denied', message: expect.stringContaining(identity().clientId) }
    const [grant] = (await workspace.getPermissions('jobs', jobId)) ?? []
    if (!grant) throw new Error('the creator is no owner')
    await expect(workspace.createJob(settings)).rejects.toMatchObject(denial)
    await expect(workspace.makeDirectories('/Steward')).rejects.toMatchObject(denial)
    await expect(
      workspace.createServicePrincipal({ displayName: 'x', externalId: 'x', entitlements: [] }),
    ).rejects.toMatchObject(denial)
    await expect(workspace.setPermissions('jobs', '7', [grant])).rejects.toMatchObject(denial)
  })
})
