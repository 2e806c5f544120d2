import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createPipeline, type Pipeline } from '../../local/pipeline.ts'
import { type Stack, startStack } from '../../local/stack.ts'
import { createWholeRequest } from '../support/onboarding-request.ts'
import { createWorkspaceAdmin, type WorkspaceAdmin } from '../support/workspace-admin.ts'
import { expectRefusal } from '../support/writes.ts'

let stack: Stack
let pipeline: Pipeline
let admin: WorkspaceAdmin

beforeAll(async () => {
  stack = await startStack({ hostFlags: ['--poll-max-ms', '100'] })
  pipeline = createPipeline(stack.baseUrl)
  // How runs go is not what this is about.
  await stack.control.command('databricks', 'runTimes', { pendingMs: 0, runningMs: 0 })
  admin = await createWorkspaceAdmin(stack)
})
afterAll(() => stack.stop())

const tagFor = (name: string) => ({ 'steward-instance': 'prod', 'steward-name': name })

describe('a job of the wished name that is there already is refused', () => {
  it.each([
    ['by-hand', 'not-ours', {}],
    ['forged', 'not-ours', tagFor('forged')],
    ['pointed', 'belongs-to-another', tagFor('somebody-else')],
  ])('when a person made it: %s', async (name, code, tags) => {
    await admin.call('POST', '/api/2.2/jobs/create', { name: `${name}-check`, tags })
    const detail = await expectRefusal(stack, pipeline, createWholeRequest(name), [409, code])
    expect(detail).toContain(`job ${name}-check in adb-1234567890123456.7.azuredatabricks.net`)
  })

  it('when it is the job of another onboarding', async () => {
    const first = createWholeRequest('first')
    await pipeline.onboard(first)
    const second = createWholeRequest('second')
    second.databricks.job.name = first.databricks.job.name
    const detail = await expectRefusal(stack, pipeline, second, [409, 'belongs-to-another'])
    expect(detail).toContain('"first"')
  })

  it('but not beside our own, which stays ours', async () => {
    const request = createWholeRequest('beside')
    await pipeline.onboard(request)
    await admin.call('POST', '/api/2.2/jobs/create', { name: 'beside-check', tags: tagFor('beside') })
    const again = await pipeline.onboard(request)
    expect(again.steps.map(({ status }) => status)).toEqual(again.steps.map(() => 'unchanged'))
  })
})
