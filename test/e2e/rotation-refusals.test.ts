import { readFile } from 'node:fs/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { VAULT, WORKSPACE } from '../support/onboarding-request.ts'
import {
  createTokenRequest,
  DAY_MS,
  HOUR_MS,
  type RotationStack,
  startRotationStack,
} from '../support/rotation-stack.ts'
import { createVaultOfficer } from '../support/vault-officer.ts'
import { createWorkspaceAdmin, type WorkspaceAdmin } from '../support/workspace-admin.ts'

let world: RotationStack
let admin: WorkspaceAdmin

beforeAll(async () => {
  world = await startRotationStack()
  admin = await createWorkspaceAdmin(world.stack)
})
afterAll(() => world.stack.stop())
afterEach(() =>
  admin.call('PATCH', '/api/2.0/workspace-conf', { enableTokensConfig: 'true', maxTokenLifetimeDays: '0' }),
)

async function onboard(name: string, accessToken: Readonly<Record<string, unknown>> = {}): Promise<string> {
  const view = await world.pipeline.onboard(createTokenRequest(name, accessToken))
  expect(view.problem).toBeNull()
  return view.result.databricks?.applicationId ?? ''
}

const createsOf = async (seq: number) =>
  (await world.stack.control.requests(seq)).filter(({ path }) => path.startsWith('/api/2.0/token/create'))
const lastSeq = async () => (await world.stack.control.requests()).at(-1)?.seq ?? 0

describe('what keeps a token from being made is found before anything is made', () => {
  it.each([
    {
      what: 'tokens are switched off in the workspace',
      conf: { enableTokensConfig: 'false' },
      code: 'upstream-denied',
      says: /switched off .*enableTokensConfig/,
    },
    {
      what: 'the workspace lets tokens live less long than asked for',
      conf: { maxTokenLifetimeDays: '30' },
      code: 'not-allowed',
      says: /30 days at most \(maxTokenLifetimeDays\), and 90 are wished for/,
    },
  ])('$what', async ({ conf, code, says }) => {
    await onboard('warm')
    await admin.call('PATCH', '/api/2.0/workspace-conf', conf)
    const seq = await lastSeq()
    const { problem } = await world.pipeline.onboard(createTokenRequest(`refused-${code}`))
    expect(problem).toMatchObject({ code, detail: expect.stringMatching(says) })
    expect(await createsOf(seq)).toEqual([])
  })

  it('the principal has as many tokens as Databricks allows', async () => {
    const request = createTokenRequest('full')
    const { result } = await world.pipeline.onboard({ ...request, databricks: { workspace: WORKSPACE } })
    const applicationId = result.databricks?.applicationId
    for (let count = 0; count < 600; count += 1) {
      await world.stack.control.command('databricks', 'seedToken', { applicationId })
    }
    const seq = await lastSeq()
    const { problem } = await world.pipeline.onboard(request)
    expect(problem).toMatchObject({ code: 'upstream-rejected', detail: expect.stringContaining('600 live tokens') })
    expect(await createsOf(seq)).toEqual([])
  })
})

describe('the permission to use tokens', () => {
  it('is added, and nobody else loses his', async () => {
    await onboard('granted')
    const other = await onboard('granted-other')
    const { access_control_list: grants } = await admin.call<{
      access_control_list: { service_principal_name?: string; all_permissions: { permission_level: string }[] }[]
    }>('GET', '/api/2.0/permissions/authorization/tokens')
    const levels = grants.map((grant) => [grant.service_principal_name, grant.all_permissions[0]?.permission_level])
    expect(levels).toContainEqual([other, 'CAN_USE'])
    expect(levels.filter(([, level]) => level === 'CAN_USE').length).toBeGreaterThanOrEqual(2)
    const writes = await world.stack.control.requests()
    const puts = writes.filter(({ method, path }) => method === 'PUT' && path.includes('authorization/tokens'))
    expect(puts).toEqual([])
  })

  it('that was taken away stops the rotation, with what to do, and the token in the vault stays', async () => {
    const applicationId = await onboard('revoked', { lifetimeDays: 80 })
    await admin.call('PUT', '/api/2.0/permissions/authorization/tokens', {
      access_control_list: [{ group_name: 'admins', permission_level: 'CAN_MANAGE' }],
    })
    const value = await world.valueOf('revoked-token')
    const failing = await world.rotateUntil('revoked-token', ({ state }) => state === 'failing')
    expect(failing.failure).toMatchObject({ code: 'upstream-denied', detail: expect.stringContaining('CAN_USE') })
    expect(await world.valueOf('revoked-token')).toBe(value)
    // The onboarding gives it back, and the token with it.
    const again = await world.pipeline.onboard(createTokenRequest('revoked', { lifetimeDays: 80 }))
    expect(again.problem).toBeNull()
    expect(await world.isAccepted(await world.valueOf('revoked-token'), applicationId)).toBe(true)
  })
})

describe('a rotation that cannot be done', () => {
  it('is told once, tried again later, and heals by itself', async () => {
    const applicationId = await onboard('stuck')
    await admin.call('PATCH', '/api/2.0/workspace-conf', { maxTokenLifetimeDays: '60' })
    await world.stack.control.advanceClock(61 * DAY_MS)
    const failing = await world.rotateUntil('stuck-token', ({ state }) => state === 'failing')
    expect(failing).toMatchObject({
      // Found by looking at the settings; within a minute of the last look, by the workspace's own refusal.
      failure: { code: expect.stringMatching(/^(not-allowed|upstream-rejected)$/), attempts: 1 },
      decision: { action: 'none', reason: 'backing-off' },
      previous: [],
    })
    const old = await world.valueOf('stuck-token')
    expect(await world.isAccepted(old, applicationId)).toBe(true)
    // Before its time the timer leaves it alone; then it fails again, without another alert.
    await world.fireTimer()
    expect((await world.get('stuck-token')).failure?.attempts).toBe(1)
    await world.stack.control.advanceClock(2 * HOUR_MS)
    await world.rotateUntil('stuck-token', ({ failure }) => failure?.attempts === 2)
    const told = world.logged('credential-failing').filter(({ secretName }) => secretName === 'stuck-token')
    expect(told).toMatchObject([{ detail: expect.stringContaining('maxTokenLifetimeDays') }])
    const red = world.stack.output().filter((line) => /work-on-credential.*Failed/.test(line))
    expect(red.length).toBeGreaterThanOrEqual(2)
    await admin.call('PATCH', '/api/2.0/workspace-conf', { maxTokenLifetimeDays: '0' })
    await world.stack.control.advanceClock(5 * HOUR_MS)
    const healed = await world.rotateUntil('stuck-token', ({ state }) => state === 'active')
    expect(healed).toMatchObject({ failure: null, lastOutcome: { action: 'rotate', reason: 'due' } })
    expect((await world.history('stuck-token')).map(({ outcome }) => outcome)).toEqual(['done', 'failed', 'failed'])
  })

  it('because the vault denies it keeps the token in use, and leaves no other behind', async () => {
    const applicationId = await onboard('denied')
    await world.stack.control.advanceClock(61 * DAY_MS)
    await world.stack.control.addFault({ kind: 'status', status: 403, service: 'keyvault', method: 'PUT', count: 99 })
    const failing = await world.rotateUntil('denied-token', ({ state }) => state === 'failing')
    expect(failing.failure?.code).toMatch(/upstream-(denied|rejected)/)
    await world.stack.control.clearFaults()
    const alive = (await world.tokens(applicationId)).filter(({ state }) => state === 'active')
    expect(alive.map(({ tokenId }) => tokenId)).toEqual([failing.credentialId])
    expect(await world.isAccepted(await world.valueOf('denied-token'), applicationId)).toBe(true)
  })
})

describe('a token that somebody revoked in the workspace', () => {
  it('is replaced at once', async () => {
    const applicationId = await onboard('lost')
    const { credentialId } = await world.get('lost-token')
    await admin.call('DELETE', `/api/2.0/token-management/tokens/${credentialId}`)
    const back = await world.rotateUntil('lost-token', (view) => view.credentialId !== credentialId)
    expect(back).toMatchObject({ lastOutcome: { reason: 'revoked-elsewhere' }, previous: [] })
    expect(await world.isAccepted(await world.valueOf('lost-token'), applicationId)).toBe(true)
  })
})

describe('what Steward may not touch', () => {
  it('is told once: a version that was switched off, and a secret that was deleted', async () => {
    const officer = await createVaultOfficer(world.stack)
    for (const name of ['disabled', 'gone']) await onboard(name)
    await world.fireTimer()
    await officer.disable('disabled-token')
    await officer.call('DELETE', '/secrets/gone-token')
    await world.fireTimer()
    await world.fireTimer()
    const told = world.logged('credential-needs-attention').map(({ secretName, reason }) => [secretName, reason])
    expect(told.toSorted()).toEqual([
      ['disabled-token', 'switched-off'],
      ['gone-token', 'missing'],
    ])
    const { body } = await world.pipeline.call<{ credentials: { secretName: string; state: string }[] }>(
      'GET',
      '/api/credentials',
    )
    const states = Object.fromEntries(body.credentials.map(({ secretName, state }) => [secretName, state]))
    expect(states).toMatchObject({ 'disabled-token': 'disabled', 'gone-token': 'needs-attention' })
  })

  it('once it was offboarded, is missed no more', async () => {
    const request = createTokenRequest('leaving')
    const applicationId = await onboard('leaving')
    await world.fireTimer()
    expect((await world.pipeline.offboard(request)).problem).toBeNull()
    await world.fireTimer()
    const told = world.logged('credential-needs-attention').filter(({ secretName }) => secretName === 'leaving-token')
    expect(told).toEqual([])
    expect((await world.tokens(applicationId)).filter(({ state }) => state === 'active')).toEqual([])
    expect(await world.pipeline.call('GET', world.pathOf('leaving-token'))).toMatchObject({ status: 404 })
  })
})

describe('a maintenance window', () => {
  it('is waited for, unless the token expires before it opens', async () => {
    const windowed = await startRotationStack({ config: await readConfigWithWindow() })
    try {
      const view = await windowed.pipeline.onboard(createTokenRequest('windowed', { lifetimeDays: 60 }))
      expect(view.problem).toBeNull()
      const before = await windowed.get('windowed-token')
      const due = Date.parse(before.nextDueAt ?? '')
      // To the first Tuesday noon after it is due: the window is on Saturday nights.
      const tuesday = new Date(due + DAY_MS)
      while (tuesday.getUTCDay() !== 2) tuesday.setUTCDate(tuesday.getUTCDate() + 1)
      tuesday.setUTCHours(12)
      await windowed.stack.control.advanceClock(tuesday.getTime() - (await windowed.stack.control.now()))
      await windowed.fireTimer()
      const waiting = await windowed.get('windowed-token')
      expect(waiting).toMatchObject({ credentialId: before.credentialId, decision: { reason: 'outside-window' } })
      const opensAt = Date.parse(String((waiting.decision as { until?: string }).until))
      await windowed.stack.control.advanceClock(opensAt + HOUR_MS - (await windowed.stack.control.now()))
      await windowed.rotateUntil('windowed-token', ({ credentialId }) => credentialId !== before.credentialId)
    } finally {
      await windowed.stack.stop()
    }
  })
})

async function readConfigWithWindow(): Promise<unknown> {
  const sample = parse(await readFile(new URL('../../steward.sample.yaml', import.meta.url), 'utf8')) as object
  const maintenanceWindows = [{ days: ['sat'], from: '22:00', hours: 4, timeZone: 'Europe/Berlin' }]
  return { ...sample, rotation: { maintenanceWindows } }
}

describe('tags that somebody forged', () => {
  it('never make Steward give a credential of another principal away', async () => {
    const victim = await onboard('victim')
    const { credentialId } = await world.get('victim-token')
    await onboard('forger')
    await world.fireTimer()
    const { vaults } = await world.stack.control.command<{
      vaults: { secrets: { name: string; versions: { tags: Record<string, string> }[] }[] }[]
    }>('keyvault', 'inspect')
    const secrets = vaults.flatMap(({ secrets: found }) => found)
    const tagsOf = (secretName: string) => secrets.find(({ name }) => name === secretName)?.versions.at(-1)?.tags ?? {}
    const stolen = tagsOf('victim-token')
    // A secret of his own with the victim's tags, one that names a token which is none, and his own secret's tags changed.
    const put = (name: string, tags: Record<string, string>) =>
      world.stack.control.command('keyvault', 'put', { vault: VAULT, name, value: 'forged', tags })
    await put('forged-copy', stolen)
    await put('forged-dead', { ...stolen, 'steward-token-id': 'f'.repeat(64) })
    await put('forger-token', { ...stolen, 'steward-token-id': 'f'.repeat(64) })
    await put('forged-previous', {
      ...stolen,
      'steward-previous': credentialId ?? '',
      'steward-retire-at': '2020-01-01T00:00:00Z',
    })
    await world.stack.control.advanceClock(61 * DAY_MS)
    const seq = await lastSeq()
    await world.fireTimer()
    await world.waitFor('victim-token', (view) => view.credentialId !== credentialId)
    await world.fireTimer()
    expect((await createsOf(seq)).length).toBeGreaterThan(0)
    for (const name of ['forged-copy', 'forged-dead', 'forger-token', 'forged-previous']) {
      expect(await world.valueOf(name)).toBe('forged')
      expect(await world.pipeline.call('POST', `${world.pathOf(name)}/rotations`)).toMatchObject({ status: 409 })
    }
    const told = world.logged('credential-needs-attention').filter(({ reason }) => reason === 'unproven')
    expect(told.map(({ secretName }) => secretName).toSorted()).toEqual([
      'forged-copy',
      'forged-dead',
      'forged-previous',
      'forger-token',
    ])
    expect(await world.isAccepted(await world.valueOf('victim-token'), victim)).toBe(true)
  })
})
