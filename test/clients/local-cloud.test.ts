import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { launchCloud, type RunningCloud } from '../../local/cloud/launch.ts'
import type { Application } from '../../src/clients/graph/client.ts'
import { type CloudClients, createCloudClients } from '../support/cloud-clients.ts'

const DAY_MS = 86_400_000

let cloud: RunningCloud
let clients: CloudClients

beforeAll(async () => {
  cloud = await launchCloud()
  clients = createCloudClients(cloud.place)
})

afterAll(() => cloud?.child.stop())

beforeEach(async () => {
  await cloud.control.clearFaults()
  await cloud.control.command('graph', 'reset')
  await cloud.control.command('databricks', 'reset')
})

const identity = () => cloud.place.settings.identity

async function createApplication(): Promise<Application> {
  const name = `etl-${randomUUID()}`
  const created = await clients.graph.createApplication({
    displayName: name,
    uniqueName: `steward-test-${name}`,
    ownerObjectId: identity().objectId,
  })
  if (created === 'already-exists') throw new Error('the name is taken')
  return created
}

describe('Graph and Entra', () => {
  it('have an application, its service principal and a secret that Entra takes', async () => {
    const { graph, entra } = clients
    const application = await createApplication()
    expect(await graph.getApplicationByUniqueName(application.uniqueName ?? '')).toEqual(application)
    expect(await graph.getServicePrincipal(application.clientId)).toBeNull()
    const added = await graph.addPassword(application.objectId, {
      displayName: 'test',
      endsAt: new Date(Date.now() + 30 * DAY_MS),
    })
    if (typeof added === 'string') throw new Error(added)
    const attempt = { clientId: application.clientId, secret: added.secret, audience: 'https://graph.microsoft.com' }
    expect(await entra.tryClientSecret(attempt)).toBe('service-principal-missing')
    const principal = await graph.createServicePrincipal(application.clientId)
    expect(principal).toEqual(await graph.getServicePrincipal(application.clientId))
    expect(await graph.createServicePrincipal(application.clientId)).toBe('already-exists')
    expect(await entra.tryClientSecret(attempt)).toBe('accepted')
    const found = await graph.getApplicationByClientId(application.clientId)
    expect(found?.passwordCredentials).toEqual([
      { keyId: added.keyId, displayName: 'test', startsAt: expect.any(Date), endsAt: added.endsAt },
    ])
    expect(await graph.removePassword(application.objectId, added.keyId)).toBe('removed')
    expect(await graph.removePassword(application.objectId, added.keyId)).toBe('already-gone')
    expect(await entra.tryClientSecret(attempt)).toBe('not-accepted-yet')
    expect(clients.lines.join()).not.toContain(added.secret.reveal())
  })

  it('say when a name is taken', async () => {
    const { displayName, uniqueName } = await createApplication()
    expect(
      await clients.graph.createApplication({
        displayName,
        uniqueName: uniqueName ?? '',
        ownerObjectId: identity().objectId,
      }),
    ).toBe('already-exists')
  })

  it.each(['bad-request', 'forbidden'])('say when an application is not everywhere yet (%s)', async (answer) => {
    await cloud.control.command('graph', 'lag', { objectMs: 3_600_000 })
    await cloud.control.command('graph', 'replication', { unreplicatedApplication: answer })
    const { clientId, objectId } = await createApplication()
    expect(await clients.graph.getApplicationByClientId(clientId)).toBeNull()
    expect(await clients.graph.createServicePrincipal(clientId)).toBe('application-not-replicated')
    const endsAt = new Date(Date.now() + DAY_MS)
    expect(await clients.graph.addPassword(objectId, { displayName: 'x', endsAt })).toBe('application-not-replicated')
  })

  it('say when two changes meet', async () => {
    const { objectId } = await createApplication()
    await cloud.control.command('graph', 'concurrency', { violations: 1 })
    const endsAt = new Date(Date.now() + DAY_MS)
    expect(await clients.graph.addPassword(objectId, { displayName: 'x', endsAt })).toBe('concurrent-change')
  })

  it('deny what the identity has no role for, with the role in the message', async () => {
    await cloud.control.command('graph', 'setGraphRoles', { oid: identity().objectId, roles: [], atOnce: true })
    await expect(createApplication()).rejects.toMatchObject({
      code: 'upstream-denied',
      message: expect.stringMatching(new RegExp(`${identity().clientId}.*Application\\.ReadWrite\\.OwnedBy`, 's')),
    })
  })

  it('do not get a create twice when its answer is lost', async () => {
    await cloud.control.addFault({ kind: 'lost-answer', service: 'graph', method: 'POST' })
    await expect(createApplication()).rejects.toMatchObject({ code: 'outcome-unknown' })
    const { applications } = await cloud.control.command<{ applications: unknown[] }>('graph', 'inspect')
    expect(applications).toHaveLength(1)
  })
})

describe('Key Vault', () => {
  it('keeps versions of a secret, whose current one is seen even when disabled', async () => {
    const { vault, graph } = clients
    const name = `secret-${randomUUID()}`
    const { objectId } = await createApplication()
    const expiresAt = new Date(Math.floor(Date.now() / 1000) * 1000 + 30 * DAY_MS)
    const added = await graph.addPassword(objectId, { displayName: 'x', endsAt: expiresAt })
    if (typeof added === 'string') throw new Error(added)
    expect(await vault.getCurrentSecret(name)).toBeNull()
    expect(await vault.listSecretVersions(name)).toEqual([])
    const wish = { value: added.secret, expiresAt, tags: { owner: 'etl' }, contentType: 'text/plain' }
    const first = await vault.setSecret(name, wish)
    const second = await vault.setSecret(name, { ...wish, tags: {} })
    if (typeof first === 'string' || typeof second === 'string') throw new Error('not set')
    expect(first).toMatchObject({ isEnabled: true, expiresAt, tags: { owner: 'etl' } })
    expect(await vault.getCurrentSecret(name)).toEqual(second)
    expect((await vault.listSecretVersions(name)).map(({ version }) => version).toSorted()).toEqual(
      [first.version, second.version].toSorted(),
    )
    const disabled = { vault: cloud.place.settings.vaults[0], name, value: 'x', enabled: false }
    await cloud.control.command('keyvault', 'put', disabled)
    const current = await vault.getCurrentSecret(name)
    expect(current?.isEnabled).toBe(false)
    expect([first.version, second.version]).not.toContain(current?.version)
    expect(clients.lines.join()).not.toContain(added.secret.reveal())
  })

  it('lists more versions than a page has', async () => {
    const name = `secret-${randomUUID()}`
    const vault = cloud.place.settings.vaults[0]
    for (let index = 0; index < 60; index++) await cloud.control.command('keyvault', 'put', { vault, name, value: 'x' })
    const versions = await clients.vault.listSecretVersions(name)
    expect(new Set(versions.map(({ version }) => version)).size).toBe(60)
  })

  it('denies an identity without a role', async () => {
    const vault = cloud.place.settings.vaults[0]
    const oid = identity().objectId
    await cloud.control.command('keyvault', 'setRole', { vault, oid, role: 'Key Vault Reader' })
    try {
      await expect(clients.vault.getCurrentSecret('any')).rejects.toMatchObject({ code: 'upstream-denied' })
      expect(await clients.vault.listSecretVersions('any')).toEqual([])
    } finally {
      await cloud.control.command('keyvault', 'setRole', { vault, oid, role: 'Key Vault Secrets Officer' })
    }
  })
})

describe('a Databricks workspace', () => {
  const wish = { displayName: 'etl', externalId: 'steward/test/etl', entitlements: ['workspace-access'] }

  it('has service principals of both kinds, entitled, marked and in groups', async () => {
    const { workspace } = clients
    const [groupId = ''] = (
      await cloud.control.command<{ ids: string[] }>('databricks', 'seed', {
        resources: [{ kind: 'Group', id: '9007199254740993', displayName: 'etl' }],
      })
    ).ids
    const applicationId = randomUUID()
    const created = await workspace.createServicePrincipal({ applicationId, ...wish })
    if (created === 'already-exists') throw new Error(created)
    expect(await workspace.createServicePrincipal({ applicationId, ...wish })).toBe('already-exists')
    await workspace.updateServicePrincipal(created.principalId, {
      addEntitlements: ['allow-cluster-create'],
      externalId: 'steward/test/other',
    })
    expect(await workspace.findGroup('ETL')).toEqual({ groupId, displayName: 'etl' })
    expect(await workspace.findGroup('none')).toBeNull()
    await workspace.addGroupMember(groupId, created.principalId)
    await workspace.addGroupMember(groupId, created.principalId)
    expect(await workspace.listServicePrincipals({ applicationId })).toEqual([
      {
        ...created,
        externalId: 'steward/test/other',
        entitlements: ['workspace-access', 'allow-cluster-create'],
        groups: expect.arrayContaining([{ groupId: '9007199254740993', displayName: 'etl' }]),
      },
    ])
    const managed = await workspace.createServicePrincipal({ ...wish, displayName: 'managed' })
    if (managed === 'already-exists') throw new Error(managed)
    expect(managed.applicationId).toMatch(/^[0-9a-f-]{36}$/)
    expect(await workspace.listServicePrincipals({ applicationId: managed.applicationId })).toEqual([managed])
    expect(await workspace.getServicePrincipal(managed.principalId)).toEqual(managed)
    expect(await workspace.getServicePrincipal('7')).toBeNull()
  })

  it('lists more service principals than a page has', async () => {
    const resources = Array.from({ length: 230 }, () => ({
      kind: 'ServicePrincipal',
      displayName: 'twin',
      applicationId: randomUUID(),
    }))
    await cloud.control.command('databricks', 'seed', { resources })
    const found = await clients.workspace.listServicePrincipals()
    const twins = found.filter(({ displayName }) => displayName === 'twin')
    expect(new Set(twins.map(({ applicationId }) => applicationId)).size).toBe(230)
  })

  it('denies an identity that is no admin', async () => {
    await cloud.control.command('databricks', 'setAdmin', { applicationId: identity().clientId, admin: false })
    await expect(clients.workspace.createServicePrincipal(wish)).rejects.toMatchObject({
      code: 'upstream-denied',
      message: expect.stringContaining(identity().clientId),
    })
  })

  it('tells an identity that is no admin from one that is', async () => {
    await expect(clients.workspace.requireAdmin()).resolves.toBeUndefined()
    await cloud.control.command('databricks', 'setAdmin', { applicationId: identity().clientId, admin: false })
    await expect(clients.workspace.requireAdmin()).rejects.toMatchObject({ code: 'upstream-denied' })
  })

  it('denies an identity that it does not know', async () => {
    await cloud.control.command('databricks', 'removePrincipal', { applicationId: identity().clientId })
    await expect(clients.workspace.listServicePrincipals()).rejects.toMatchObject({
      code: 'upstream-denied',
    })
  })

  it('is waited for when it throttles', async () => {
    await cloud.control.addFault({ kind: 'status', status: 429, retryAfterSeconds: 1, service: 'databricks' })
    const startedAt = Date.now()
    expect(await clients.workspace.listServicePrincipals({ applicationId: 'none' })).toEqual([])
    expect(Date.now() - startedAt).toBeGreaterThanOrEqual(1_000)
  })
})
