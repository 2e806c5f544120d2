import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { takeInventory } from '../../local/inspection.ts'
import { createOutsider, type Outsider } from '../../local/outsider.ts'
import { createPipeline, type Pipeline } from '../../local/pipeline.ts'
import { type Stack, startStack } from '../../local/stack.ts'
import { createRequest, VAULT } from '../support/onboarding-request.ts'
import { expectRefusal } from '../support/writes.ts'

const GRAPH = 'https://graph.microsoft.com'
const HOUR_MS = 3600_000

interface Planted {
  readonly objectId: string
  readonly appId: string
  readonly servicePrincipalId: string
  readonly passwords: readonly { readonly secretText: string }[]
}

let stack: Stack
let pipeline: Pipeline
let outsider: Outsider
let stewardObjectId: string

beforeAll(async () => {
  stack = await startStack({ hostFlags: ['--poll-max-ms', '100'] })
  pipeline = createPipeline(stack.baseUrl)
  outsider = await createOutsider(stack.cloud)
  const { clientId } = stack.cloud.settings.identity
  const { servicePrincipals } = await stack.control.command<{ servicePrincipals: { id: string; appId: string }[] }>(
    'graph',
    'inspect',
  )
  stewardObjectId = servicePrincipals.find(({ appId }) => appId === clientId)?.id ?? ''
})
afterAll(() => stack.stop())

/** Without a workspace: what comes after is not the matter here. */
function createSmallRequest(name: string) {
  const { databricks: _, ...request } = createRequest(name)
  return request
}

function plant(displayName: string, input: object = {}): Promise<Planted> {
  return stack.control.command<Planted>('graph', 'createApplication', { displayName, passwords: ['mine'], ...input })
}

const canSignIn = async (clientId: string, secret: string) => (await outsider.signIn(clientId, secret, GRAPH)) !== null

/** The values of all versions of the request's secret, deleted or not, oldest first. */
async function readValues(name: string): Promise<string[]> {
  const { values } = await stack.control.command<{ values: { name: string; value: string }[] }>('keyvault', 'values')
  return values.filter((entry) => entry.name === `${name}-secret`).map(({ value }) => value)
}

async function findSecret(name: string) {
  const secrets: readonly { name: string; stage?: string; versions: readonly unknown[] }[] = (
    await takeInventory(stack.control)
  ).secrets
  return secrets.find((secret) => secret.name === `${name}-secret`)
}

async function findApplication(clientId: string | undefined) {
  const { applications } = await takeInventory(stack.control)
  return applications.find(({ appId }) => appId === clientId)
}

/** Somebody with rights of his own on the vault deletes the secret. */
async function deleteSecretByHand(name: string): Promise<void> {
  const { appId, servicePrincipalId, passwords } = await plant(`clumsy-${name}`)
  await stack.control.command('keyvault', 'setRole', {
    vault: VAULT,
    oid: servicePrincipalId,
    role: 'Key Vault Secrets Officer',
  })
  const token = await outsider.signIn(appId, passwords[0]?.secretText ?? '', 'https://vault.azure.net')
  const { status } = await outsider.call('DELETE', `${VAULT}/secrets/${name}-secret?api-version=7.5`, {
    headers: { authorization: `Bearer ${token}` },
  })
  expect(status).toBe(200)
}

/** Somebody who may change every application gives this one a client secret. */
async function addPasswordByHand(clientId: string): Promise<void> {
  const { appId, servicePrincipalId, passwords } = await plant('portal')
  await stack.control.command('graph', 'setGraphRoles', {
    oid: servicePrincipalId,
    roles: ['Application.ReadWrite.All'],
  })
  const token = await outsider.signIn(appId, passwords[0]?.secretText ?? '', GRAPH)
  const { status } = await outsider.call('POST', `${GRAPH}/v1.0/applications(appId='${clientId}')/addPassword`, {
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ passwordCredential: { displayName: 'by hand' } }),
  })
  expect(status).toBe(200)
}

describe('a client secret that the vault refuses', () => {
  it('is revoked at once: nobody will ever read it there', async () => {
    const { objectId: oid } = stack.cloud.settings.identity
    const give = (role: string) => stack.control.command('keyvault', 'setRole', { vault: VAULT, oid, role })
    await give('Key Vault Secrets User')
    const { status, problem } = await pipeline.onboard(createSmallRequest('unwritable'))
    await give('Key Vault Secrets Officer')
    expect([status, problem?.code]).toEqual(['failed', 'upstream-denied'])
    const { applications } = await takeInventory(stack.control)
    const made = applications.filter(({ uniqueName }) => uniqueName === 'steward-prod-unwritable')
    expect(made.map(({ passwordCredentials }) => passwordCredentials)).toEqual([[]])
  })
})

describe('an application that somebody else prepared', () => {
  it('is not used, although Steward is its one owner', async () => {
    await plant('planted', { uniqueName: 'steward-prod-planted', owners: [stewardObjectId] })
    const detail = await expectRefusal(stack, pipeline, createSmallRequest('planted'), [409, 'not-ours'])
    expect(detail).toMatch(/it has client secret mine \(.+Remove what Steward did not put there/)
  })

  it.each([
    ['restored by nobody', [], 'Steward may not restore it, so it is not its owner'],
    ['deleted again', ['steward'], 'it has client secret mine'],
  ])('and deleted is %s', async (_what, owners, found) => {
    const name = `buried-${owners.length}`
    const { objectId, appId, passwords } = await plant(name, {
      uniqueName: `steward-prod-${name}`,
      owners: owners.map(() => stewardObjectId),
    })
    await stack.control.command('graph', 'deleteApplication', { objectId })
    const view = await pipeline.onboard(createSmallRequest(name))
    expect([view.status, view.problem?.code]).toEqual(['failed', 'not-ours'])
    expect(view.problem?.detail).toContain(found)
    expect(view.problem?.detail).toContain(`Purge it (DELETE /directory/deletedItems/${objectId}`)
    expect((await findApplication(appId))?.deletedDateTime).toBeTruthy()
    expect(await canSignIn(appId, passwords[0]?.secretText ?? '')).toBe(false)
  })

  it('does not keep an offboarding from taking away what is ours', async () => {
    const request = createSmallRequest('spoilt')
    const { result } = await pipeline.onboard(request)
    await addPasswordByHand(result.clientId ?? '')
    await expectRefusal(stack, pipeline, request, [409, 'not-ours'])
    expect((await pipeline.offboard(request)).status).toBe('succeeded')
    expect((await findApplication(result.clientId))?.deletedDateTime).toBeTruthy()
  })
})

describe('a secret in the vault', () => {
  it('that was deleted by a slip is recovered, and its credential goes on working', async () => {
    const request = createSmallRequest('slip')
    const { result } = await pipeline.onboard(request)
    const [value = ''] = await readValues('slip')
    await stack.control.advanceClock(HOUR_MS)
    await deleteSecretByHand('slip')
    const again = await pipeline.onboard(request)
    expect([again.status, again.problem]).toEqual(['succeeded', null])
    const changes = again.steps.flatMap((step) => step.changes.map(({ action, reason }) => [action, reason]))
    expect(changes).toEqual([['update', 'deleted: to be recovered']])
    expect(again.result.clientSecret?.version).toBe(result.clientSecret?.version)
    expect(await findSecret('slip')).toMatchObject({ stage: 'active' })
    expect(await readValues('slip')).toEqual([value])
    expect(await canSignIn(result.clientId ?? '', value)).toBe(true)
    expect((await findApplication(result.clientId))?.passwordCredentials).toHaveLength(1)
  })

  it('stays deleted while there is nothing that works to put there', async () => {
    const request = createSmallRequest('dead')
    await pipeline.onboard(request)
    await pipeline.offboard(request)
    await stack.control.command('graph', 'passwordPolicy', { maxLifetimeDays: 30 })
    const refused = await pipeline.onboard(request)
    await stack.control.command('graph', 'passwordPolicy', { maxLifetimeDays: null })
    expect(refused.status).toBe('failed')
    expect(await findSecret('dead')).toMatchObject({ stage: 'deleted' })
    const again = await pipeline.onboard(request)
    expect([again.status, again.problem]).toEqual(['succeeded', null])
    expect(await findSecret('dead')).toMatchObject({ stage: 'active' })
    expect(await canSignIn(again.result.clientId ?? '', (await readValues('dead')).at(-1) ?? '')).toBe(true)
  })

  it('is deleted before its credential is revoked', async () => {
    const request = createSmallRequest('order')
    await pipeline.onboard(request)
    const before = (await stack.control.requests()).at(-1)?.seq ?? 0
    await pipeline.offboard(request)
    const routes = (await stack.control.requests(before)).map(({ route }) => route)
    const order = ['secrets.delete', 'applications.removePassword', 'applications.delete']
    expect(routes.filter((route) => order.includes(route ?? ''))).toEqual(order)
  })
})
