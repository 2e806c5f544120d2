import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { takeInventory } from '../../local/inspection.ts'
import { createPipeline, type Pipeline } from '../../local/pipeline.ts'
import { type Stack, startStack } from '../../local/stack.ts'
import type { OnboardingView } from '../../src/onboarding/view.ts'
import { createWholeRequest } from '../support/onboarding-request.ts'
import { expectRefusal } from '../support/writes.ts'

const VAULT_NAME = 'kv-etl-prod'
const DEDICATED_VAULT = `https://${VAULT_NAME}.vault.azure.net`
const AZURE_DATABRICKS = '2ff814a6-3304-4ab8-85cb-cd0e6f879c1d'

let stack: Stack
let pipeline: Pipeline
let databricksObjectId: string

/** The one onboarding that the vault is dedicated to. */
function createVaultRequest() {
  const { databricks, ...request } = createWholeRequest('etl-prod')
  return {
    ...request,
    clientSecret: { vault: DEDICATED_VAULT, secretName: 'client-secret' },
    databricks: {
      ...databricks,
      secretScope: { name: 'etl-prod', backend: 'key-vault', vault: DEDICATED_VAULT },
    },
  }
}

beforeAll(async () => {
  stack = await startStack({ hostFlags: ['--poll-max-ms', '100'] })
  pipeline = createPipeline(stack.baseUrl)
  // How runs go is not what this is about.
  await stack.control.command('databricks', 'runTimes', { pendingMs: 0, runningMs: 0 })
  const { servicePrincipals } = await stack.control.command<{ servicePrincipals: { id: string; appId: string }[] }>(
    'graph',
    'inspect',
  )
  databricksObjectId = servicePrincipals.find(({ appId }) => appId === AZURE_DATABRICKS)?.id ?? ''
})
afterAll(() => stack.stop())
afterEach(async () => {
  await stack.control.command('arm', 'reset')
  expect((await pipeline.offboard(createVaultRequest())).problem).toBeNull()
})

async function expectVaultRead({ problem, result }: OnboardingView): Promise<void> {
  expect(problem).toBeNull()
  expect(result.databricks?.secretScope).toMatchObject({ backend: 'key-vault' })
  const { workspaces } = await takeInventory(stack.control)
  const run = workspaces[0]?.runs.find(({ runId }) => runId === result.databricks?.job?.run?.runId)
  expect(run?.tasks).toMatchObject([{ resolvedSecrets: [{ scope: 'steward-prod-etl-prod', key: 'client-secret' }] }])
}

const takeRole = (principalId: string, role: string) =>
  stack.control.command('arm', 'unassign', { scope: VAULT_NAME, principalId, role })

describe('a scope on a vault of its own', () => {
  it('is not made while Azure Databricks could not read the vault, and the command that helps is told', async () => {
    await takeRole(databricksObjectId, 'Key Vault Secrets User')
    const detail = await expectRefusal(stack, pipeline, createVaultRequest(), [409, 'vault-unreadable'])
    const [, command] = /(az role assignment create .*)$/.exec(detail) ?? []
    expect(command).toContain('--role "Key Vault Secrets User"')
    expect(command).toContain(`--assignee-object-id ${databricksObjectId}`)
    expect(command).toMatch(new RegExp(`--scope /subscriptions/[^ ]+/vaults/${VAULT_NAME}$`))

    await stack.control.command('arm', 'assign', {
      scope: VAULT_NAME,
      principalId: databricksObjectId,
      role: 'Key Vault Secrets User',
    })
    await expectVaultRead(await pipeline.onboard(createVaultRequest()))
  })

  it('is made where access policies decide: Azure Databricks lets itself in', async () => {
    await takeRole(databricksObjectId, 'Key Vault Secrets User')
    await stack.control.command('arm', 'setVaultRbac', { vault: VAULT_NAME, usesRbac: false })
    await expectVaultRead(await pipeline.onboard(createVaultRequest()))
  })

  it('needs Steward to be able to change the vault, which is told', async () => {
    const { objectId, clientId } = stack.cloud.settings.identity
    await takeRole(objectId, 'Key Vault Contributor')
    const { status, problem, steps } = await pipeline.onboard(createVaultRequest())
    expect([status, problem?.code]).toEqual(['failed', 'upstream-denied'])
    expect(steps.find(({ step }) => step === 'secret-scope')).toMatchObject({ status: 'failed' })
    expect(problem?.detail).toContain(clientId)
    expect(problem?.detail).toContain('Microsoft.KeyVault/vaults/write')
    expect(problem?.detail).toContain('granted by')

    const role = 'Key Vault Contributor'
    await stack.control.command('arm', 'assign', { scope: VAULT_NAME, principalId: objectId, role })
    await expectVaultRead(await pipeline.onboard(createVaultRequest()))
  })
})
