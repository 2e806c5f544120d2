import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { takeInventory } from '../../local/inspection.ts'
import { createPipeline, type Pipeline } from '../../local/pipeline.ts'
import { type Stack, startStack } from '../../local/stack.ts'
import { createRequest, createWholeRequest } from '../support/onboarding-request.ts'
import { expectRefusal } from '../support/writes.ts'

let stack: Stack
let pipeline: Pipeline

beforeAll(async () => {
  stack = await startStack({ hostFlags: ['--poll-max-ms', '100'] })
  pipeline = createPipeline(stack.baseUrl)
  // How runs go is not what this is about.
  await stack.control.command('databricks', 'runTimes', { pendingMs: 0, runningMs: 0 })
})
afterAll(() => stack.stop())

describe('onboarding again what was offboarded', () => {
  afterEach(async () => {
    await stack.control.command('graph', 'restoring', { servicePrincipal: 'comes-back' })
    await stack.control.command('keyvault', 'delays', { deletingMs: 0, recoveringMs: 0, settlingMs: 0 })
  })

  it.each(['comes-back', 'stays-deleted'])(
    'restores the application, where its service principal %s',
    async (servicePrincipal) => {
      await stack.control.command('graph', 'restoring', { servicePrincipal })
      const request = createWholeRequest(`restored-${servicePrincipal}`)
      const first = await pipeline.onboard(request)
      await pipeline.offboard(request)
      const again = await pipeline.onboard(request)
      expect([again.status, again.problem]).toEqual(['succeeded', null])
      expect(again.steps[0]?.changes).toMatchObject([{ action: 'update', reason: 'deleted: to be restored' }])
      expect(again.result.clientId).toBe(first.result.clientId)
      expect(again.result.servicePrincipalObjectId).toBe(first.result.servicePrincipalObjectId)
      const { servicePrincipals } = await takeInventory(stack.control)
      expect(servicePrincipals.filter(({ appId }) => appId === first.result.clientId)).toHaveLength(1)
    },
  )

  it('recovers the secret in the vault, and gives it a new version', async () => {
    const request = { ...createRequest('recovered'), databricks: undefined }
    const stageOfSecret = async () => {
      const secrets: readonly { name: string; stage?: string }[] = (await takeInventory(stack.control)).secrets
      return secrets.find(({ name }) => name === 'recovered-secret')?.stage
    }
    const first = await pipeline.onboard(request)
    await stack.control.command('keyvault', 'delays', { deletingMs: 2_000, recoveringMs: 3_000, settlingMs: 3_000 })
    await pipeline.offboard(request)
    await expect.poll(stageOfSecret, { timeout: 10_000 }).toBe('deleted')
    const again = await pipeline.onboard(request)
    expect([again.status, again.attempts, again.problem]).toEqual(['succeeded', 0, null])
    expect(again.result.clientSecret?.version).not.toBe(first.result.clientSecret?.version)
    const { secrets, applications } = await takeInventory(stack.control)
    expect(secrets.find(({ name }) => name === 'recovered-secret')?.versions).toHaveLength(2)
    const application = applications.find(({ appId }) => appId === first.result.clientId)
    expect(application?.passwordCredentials).toHaveLength(1)
  })

  it('leaves a deleted secret of somebody else alone', async () => {
    const request = { ...createRequest('late'), databricks: undefined }
    const former = { ...createRequest('former'), databricks: undefined, clientSecret: request.clientSecret }
    await pipeline.onboard(former)
    await pipeline.offboard({ ...former, steps: ['client-secret'] })
    const detail = await expectRefusal(stack, pipeline, request, [409, 'not-ours'])
    expect(detail).toContain('secret late-secret in kv-team.vault.azure.net was deleted')
    expect(detail).toContain('az keyvault secret recover')
  })
})
