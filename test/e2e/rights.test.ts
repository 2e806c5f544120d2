import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createPipeline, type Pipeline } from '../../local/pipeline.ts'
import { type Stack, startStack } from '../../local/stack.ts'
import { createWholeRequest, VAULT } from '../support/onboarding-request.ts'

let stack: Stack
let pipeline: Pipeline

beforeAll(async () => {
  stack = await startStack({ hostFlags: ['--poll-max-ms', '100'] })
  pipeline = createPipeline(stack.baseUrl)
  // How runs go is not what this is about.
  await stack.control.command('databricks', 'runTimes', { pendingMs: 0, runningMs: 0 })
})
afterAll(() => stack.stop())

const identity = () => stack.cloud.settings.identity
const run = (service: string, command: string, input: object) => stack.control.command(service, command, input)
const setGraphRoles = (...roles: string[]) =>
  run('graph', 'setGraphRoles', { oid: identity().objectId, roles, atOnce: true })
const setVaultRole = (role: string | null) =>
  run('keyvault', 'setRole', { vault: VAULT, oid: identity().objectId, role })
const setAdmin = (admin: boolean) => run('databricks', 'setAdmin', { applicationId: identity().clientId, admin })
const setRole = (verb: 'assign' | 'unassign', scope: string, role: string) =>
  run('arm', verb, { scope, principalId: identity().objectId, role })
const setCondition = (scope: string, ...roles: string[]) =>
  run('arm', 'setCondition', { principalId: identity().objectId, scope, condition: { roles } })

const ADMINISTRATOR = 'Role Based Access Control Administrator'
const OWNED_BY = 'Application.ReadWrite.OwnedBy'
const GRANTABLE = ['AzureML Data Scientist', 'AzureML Compute Operator', 'AzureML Registry User', 'Reader']

interface Case {
  /** What it is about, short enough to be the onboarding's name. */
  readonly name: string
  readonly takeAway: () => Promise<unknown>
  readonly giveBack: () => Promise<unknown>
  readonly step: string
  /** In this order in the message: the right, and who grants it. */
  readonly says: readonly [string, string]
}

const CASES: readonly Case[] = [
  {
    name: 'graph-nothing',
    takeAway: () => setGraphRoles(),
    giveBack: () => setGraphRoles(OWNED_BY),
    step: 'application',
    says: [OWNED_BY, 'granted by a Privileged Role Administrator'],
  },
  {
    name: 'graph-read-only',
    takeAway: () => setGraphRoles('Application.Read.All'),
    giveBack: () => setGraphRoles(OWNED_BY),
    step: 'application',
    says: [OWNED_BY, 'granted by a Privileged Role Administrator'],
  },
  {
    name: 'vault-nothing',
    takeAway: () => setVaultRole(null),
    giveBack: () => setVaultRole('Key Vault Secrets Officer'),
    step: 'client-secret',
    says: ['Key Vault Secrets Officer', 'granted by an Owner or User Access Administrator of the vault'],
  },
  {
    name: 'databricks-no-admin',
    takeAway: () => setAdmin(false),
    giveBack: () => setAdmin(true),
    step: 'workspace-principal',
    says: ['group "admins"', 'granted by a workspace admin'],
  },
  {
    name: 'ml-nothing',
    takeAway: () => setRole('unassign', 'mlr-shared', ADMINISTRATOR),
    giveBack: async () => {
      await setRole('assign', 'mlr-shared', ADMINISTRATOR)
      await setCondition('mlr-shared', ...GRANTABLE)
    },
    step: 'role-assignments',
    says: ['Reader', 'granted by an Owner or User Access Administrator'],
  },
  {
    name: 'ml-read-only',
    takeAway: async () => {
      await setRole('assign', 'mlw-prod', 'Reader')
      await setRole('unassign', 'mlw-prod', ADMINISTRATOR)
    },
    giveBack: async () => {
      await setRole('assign', 'mlw-prod', ADMINISTRATOR)
      await setRole('unassign', 'mlw-prod', 'Reader')
    },
    step: 'role-assignments',
    says: [ADMINISTRATOR, 'granted by an Owner or User Access Administrator'],
  },
  {
    name: 'ml-other-roles',
    takeAway: () => setCondition('mlw-prod', 'Reader'),
    giveBack: () => setCondition('mlw-prod', ...GRANTABLE),
    step: 'role-assignments',
    says: ['the condition must list this role', 'granted by an Owner or User Access Administrator'],
  },
]

describe('a right that is taken away from Steward', () => {
  it.each(CASES)('is named, and once it is given back all goes well: $name', async (example) => {
    const { name, takeAway, giveBack, step, says } = example
    const request = createWholeRequest(name)
    await takeAway()
    const view = await pipeline.onboard(request)
    await giveBack()
    expect([view.status, view.problem?.code]).toEqual(['failed', 'upstream-denied'])
    expect(
      view.steps.filter(({ problem }) => problem?.code === 'upstream-denied').map((state) => state.step),
    ).toContain(step)
    const detail = view.steps.find((state) => state.step === step)?.problem?.detail ?? ''
    expect(detail).toContain(identity().clientId)
    expect(detail.indexOf(says[0])).toBeGreaterThan(0)
    expect(detail.indexOf(says[1])).toBeGreaterThan(detail.indexOf(says[0]))
    expect(view.steps.every(({ status }) => status !== 'running' && status !== 'pending')).toBe(true)

    const again = await pipeline.onboard(request)
    expect([again.status, again.problem]).toEqual(['succeeded', null])
  })
})

describe('a right that Steward can do without', () => {
  it('is to see what was deleted from the directory', async () => {
    const body = { error: { code: 'Authorization_RequestDenied', message: 'Insufficient privileges.' } }
    await stack.control.addFault({ kind: 'status', status: 403, route: 'deletedItems\\.list', body, count: 100 })
    const { status, problem } = await pipeline.onboard(createWholeRequest('unseen'))
    expect(await stack.control.faultHits()).toBeGreaterThan(0)
    await stack.control.clearFaults()
    expect([status, problem]).toEqual(['succeeded', null])
  })
})
