import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { launchCloud, type RunningCloud } from '../../local/cloud/launch.ts'
import type { Application } from '../../src/clients/graph/client.ts'
import { Secret } from '../../src/platform/secret.ts'
import { type CloudClients, createCloudClients } from '../support/cloud-clients.ts'

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
})

async function createApplication(): Promise<{ application: Application; uniqueName: string; principalId: string }> {
  const { graph } = clients
  const uniqueName = `steward-test-${randomUUID()}`
  const ownerObjectId = cloud.place.settings.identity.objectId
  const application = await graph.createApplication({ displayName: 'etl', uniqueName, ownerObjectId })
  if (application === 'already-exists') throw new Error(application)
  const principal = await graph.createServicePrincipal(application.clientId)
  if (typeof principal === 'string') throw new Error(principal)
  return { application, uniqueName, principalId: principal.objectId }
}

describe('an application that was deleted', () => {
  it('keeps its name, and may come back with its service principal', async () => {
    await cloud.control.command('graph', 'restoring', { servicePrincipal: 'comes-back' })
    const { graph } = clients
    const { application, uniqueName, principalId } = await createApplication()
    const { objectId, clientId } = application
    expect(await graph.findDeletedApplication(uniqueName)).toBeNull()
    await graph.deleteApplication(objectId)
    await graph.deleteApplication(objectId)
    expect(await graph.getApplicationByUniqueName(uniqueName)).toBeNull()
    expect(await graph.findDeletedApplication(uniqueName)).toEqual({ objectId, clientId })
    expect(await graph.findDeletedServicePrincipal(clientId)).toEqual({ objectId: principalId, clientId })
    expect(await graph.restoreDeleted(objectId)).toBe('restored')
    expect(await graph.restoreDeleted(objectId)).toBe('missing')
    expect(await graph.getApplicationByUniqueName(uniqueName)).toEqual(application)
    expect(await graph.findDeletedServicePrincipal(clientId)).toBeNull()
    expect((await graph.getServicePrincipal(clientId))?.objectId).toBe(principalId)
  })

  it('comes back alone, its service principal after it', async () => {
    await cloud.control.command('graph', 'restoring', { servicePrincipal: 'stays-deleted' })
    const { graph } = clients
    const { application, principalId } = await createApplication()
    const { objectId, clientId } = application
    await graph.deleteApplication(objectId)
    expect(await graph.restoreDeleted(objectId)).toBe('restored')
    expect(await graph.getServicePrincipal(clientId)).toBeNull()
    expect(await graph.findDeletedServicePrincipal(clientId)).toEqual({ objectId: principalId, clientId })
    expect(await graph.restoreDeleted(principalId)).toBe('restored')
    expect((await graph.getServicePrincipal(clientId))?.objectId).toBe(principalId)
  })

  it('is not deleted by somebody who does not own it', async () => {
    const { objectId } = await cloud.control.command<{ objectId: string }>('graph', 'createApplication', {
      displayName: 'foreign',
    })
    await expect(clients.graph.deleteApplication(objectId)).rejects.toMatchObject({ code: 'upstream-denied' })
  })
})

describe('a secret', () => {
  it('is read, deleted, seen among the deleted ones, and recovered', async () => {
    const { vault, lines } = clients
    const name = `secret-${randomUUID()}`
    const expiresAt = new Date(Math.floor(Date.now() / 1000) * 1000 + 86_400_000)
    const wish = { value: new Secret('canary'), expiresAt, tags: { owner: 'etl' }, contentType: 'text/plain' }
    const stored = await vault.setSecret(name, wish)
    if (typeof stored === 'string') throw new Error(stored)
    expect((await vault.readSecretValue(name, stored.version)).reveal()).toBe('canary')
    expect(await vault.getDeletedSecret(name)).toBeNull()
    expect(await vault.recoverSecret(name)).toBe('missing')
    expect(await vault.deleteSecret(name)).toBe('deleting')
    await expect.poll(() => vault.getDeletedSecret(name), { timeout: 20_000 }).toEqual(stored)
    expect(await vault.deleteSecret(name)).toBe('missing')
    expect(await vault.setSecret(name, wish)).toBe('deleted-but-recoverable')
    expect(await vault.recoverSecret(name)).toBe('recovering')
    await expect.poll(() => vault.getCurrentSecret(name), { timeout: 20_000 }).toEqual(stored)
    expect(lines.join()).not.toContain('canary')
  })
})
