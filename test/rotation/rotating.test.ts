import { describe, expect, it } from 'vitest'
import { credentialMark } from '../../src/trust/marks.ts'
import { VAULT } from '../support/onboarding-request.ts'
import { createPass } from './pass.ts'
import { CLIENT_ID, CLIENT_SECRET, createRotationWorld, DAY_MS, HOUR_MS, SCOPE, TOKEN } from './rotation-world.ts'
import { drain, settle } from './settle.ts'

describe('a credential that is due', () => {
  it('is replaced, copied into its scope, and the one before is revoked when its grace is over', async () => {
    const world = createRotationWorld()
    const first = world.onboard('databricks-token', { scope: { scopeName: SCOPE, isPending: false } })
    world.time.advance(61 * DAY_MS)
    await world.runTimer()
    await drain(world)
    const value = world.valueOf(TOKEN)
    expect(value).not.toBe(first.value)
    expect(world.copies.get(`${SCOPE}/${TOKEN}`)).toBe(value)
    expect(first.endedBy).toBeNull()
    await settle(world, 60)
    expect(first.endedBy).toBe('steward')
    expect(world.vault.versionsOf(TOKEN).map(({ isEnabled }) => isEnabled)).toEqual([false, true])
    expect(world.tagsOf(TOKEN)?.previous).toEqual([])
  })

  it('is replaced once, however many messages ask for it', async () => {
    const world = createRotationWorld()
    world.onboard('client-secret')
    await world.request(CLIENT_SECRET)
    await world.request(CLIENT_SECRET)
    await drain(world)
    expect(world.vault.versionsOf(CLIENT_SECRET)).toHaveLength(2)
  })
})

describe('a rotation that is asked for', () => {
  it('without a grace ends every grace, even if three credentials are still promised', async () => {
    const world = createRotationWorld()
    const first = world.onboard('databricks-token')
    for (let count = 0; count < 3; count += 1) {
      await world.request(TOKEN)
      await drain(world)
    }
    await expect(world.request(TOKEN)).rejects.toMatchObject({ code: 'in-grace' })
    await world.request(TOKEN, { graceHours: 0 })
    await drain(world)
    expect(world.vault.versionsOf(TOKEN)).toHaveLength(5)
    expect(world.tokens.listed().map(({ value }) => value)).toEqual([world.valueOf(TOKEN)])
    expect(first.endedBy).toBe('steward')
    expect(world.eventsOf('credential-failing')).toEqual([])
  })

  it('without a grace ends the grace of what leaked, also when the timer replaced it first', async () => {
    const world = createRotationWorld()
    const leaked = world.onboard('databricks-token')
    const replaces = world.vault.currentOf(TOKEN)?.version ?? ''
    world.time.advance(61 * DAY_MS)
    await world.runTimer()
    await drain(world)
    expect(leaked.endedBy).toBeNull()
    await world.work({ replaces, graceHours: 0, who: 'caller' })
    await drain(world)
    expect(leaked.endedBy).toBe('steward')
    expect(world.tokens.listed().map(({ value }) => value)).toEqual([world.valueOf(TOKEN)])
  })

  it('is made although three credentials before it outlive their grace because they are used', async () => {
    const world = createRotationWorld({ whenStillUsed: 'wait', graceHours: 72, maxWaitHours: 2000 })
    const values = [world.onboard('databricks-token').value]
    for (let count = 0; count < 3; count += 1) {
      await world.request(TOKEN)
      await drain(world)
      values.push(world.valueOf(TOKEN) ?? '')
    }
    for (let day = 0; day < 5; day += 1) {
      world.time.advance(DAY_MS)
      for (const value of values) world.tokens.use(value)
    }
    await settle(world, 1)
    expect(world.tagsOf(TOKEN)?.previous).toHaveLength(3)
    await world.request(TOKEN)
    await drain(world)
    expect(world.vault.versionsOf(TOKEN)).toHaveLength(5)
    expect(world.tagsOf(TOKEN)?.previous.map(({ credentialId }) => credentialId)).toEqual([
      'token4',
      'token3',
      'token2',
    ])
    expect(world.tokens.all.get('token1')?.endedBy).toBe('steward')
  })

  it('takes a secret over although three credentials from before have outlived their grace', async () => {
    const world = createRotationWorld()
    world.onboard('databricks-token')
    for (let count = 0; count < 3; count += 1) {
      await world.request(TOKEN)
      await drain(world)
    }
    world.vault.add(TOKEN, { value: 'by-hand', expiresAt: null, tags: {}, by: 'person' })
    world.time.advance(3 * DAY_MS)
    await world.request(TOKEN, { takeOver: true })
    await settle(world, 120)
    expect(world.tokens.listed().map(({ value }) => value)).toEqual([world.valueOf(TOKEN)])
  })

  it('gives its grace to what it replaces, and to nothing that becomes due later', async () => {
    const world = createRotationWorld()
    world.onboard('databricks-token')
    const stale = world.vault.currentOf(TOKEN)?.version ?? ''
    await world.request(TOKEN)
    await drain(world)
    world.time.advance(61 * DAY_MS)
    await world.work({ replaces: stale, graceHours: 0 })
    expect(world.vault.versionsOf(TOKEN)).toHaveLength(3)
    expect(world.tokens.all.get('token2')?.endedBy).toBeNull()
    expect(world.tagsOf(TOKEN)?.previous[0]?.retireAt.getTime()).toBeGreaterThan(world.time.now() + 47 * HOUR_MS)
  })
})

describe('a credential that was replaced', () => {
  it('is waited for with the grace of the defaults while it is used, and told of once', async () => {
    const world = createRotationWorld({ whenStillUsed: 'wait' })
    const first = world.onboard('databricks-token')
    world.time.advance(61 * DAY_MS)
    await settle(world, 1)
    for (let day = 0; day < 5; day += 1) {
      world.time.advance(DAY_MS)
      world.tokens.use(first.value)
      await world.runTimer()
      await drain(world)
    }
    expect(first.endedBy).toBeNull()
    expect(world.statuses.get(TOKEN)?.stillUsedUntil).toBeInstanceOf(Date)
    expect(world.history.filter(({ action }) => action === 'retire')).toEqual([])
    await settle(world, 168)
    expect(first.endedBy).toBe('steward')
    expect(world.statuses.get(TOKEN)?.stillUsedUntil).toBeNull()
    expect(world.history.filter(({ action }) => action === 'retire')).toHaveLength(1)
  })

  it('is let go without a word to its service when that does not list it as the principal’s own', async () => {
    const world = createRotationWorld()
    world.onboard('databricks-token')
    const foreign = world.tokens.issue('somebody', 'mine', 90)
    world.tag(TOKEN, { previous: [{ credentialId: foreign.id, retireAt: new Date(world.time.now()) }] })
    await settle(world, 1)
    expect(foreign.endedBy).toBeNull()
    expect(world.tagsOf(TOKEN)?.previous).toEqual([])
  })

  it('is not the current one, whatever the tags say', async () => {
    const world = createRotationWorld()
    const first = world.onboard('databricks-token')
    world.tag(TOKEN, { previous: [{ credentialId: first.id, retireAt: new Date(world.time.now()) }] })
    await settle(world, 1)
    expect(first.endedBy).toBeNull()
    expect(world.valueOf(TOKEN)).toBe(first.value)
    expect(world.tagsOf(TOKEN)?.previous).toEqual([])
  })

  it('by two workers at once is revoked too, after its grace', async () => {
    const world = createRotationWorld()
    world.onboard('databricks-token')
    world.fencesWorkers = false
    const replaces = world.vault.currentOf(TOKEN)?.version ?? ''
    await Promise.all([
      world.work({ replaces }, createPass(null, [1])),
      world.work({ replaces }, createPass(null, [2])),
    ])
    expect(world.vault.versionsOf(TOKEN)).toHaveLength(3)
    world.fencesWorkers = true
    await settle(world, 1)
    expect(world.tokens.listed()).toHaveLength(3)
    await settle(world, 60)
    expect(world.tokens.listed().map(({ value }) => value)).toEqual([world.valueOf(TOKEN)])
    expect(world.vault.versionsOf(TOKEN).map(({ isEnabled }) => isEnabled)).toEqual([false, false, true])
  })

  it('is revoked on time although its successor waits for a window', async () => {
    const world = createRotationWorld({
      lifetimeDays: 4,
      renewBeforeDays: 3,
      graceHours: 30,
      maintenanceWindows: [{ days: ['sat'], from: '12:00', hours: 1, timeZone: 'UTC' }],
    })
    const first = world.onboard('databricks-token', {}, 4)
    await world.request(TOKEN)
    await settle(world, 40)
    expect(first.endedBy).toBe('steward')
  })
})

describe('a rotation', () => {
  it('is not begun again because the service lists the new credential late', async () => {
    const world = createRotationWorld()
    world.onboard('client-secret')
    world.time.advance(DAY_MS)
    world.secrets.listLagMs = 30_000
    await world.request(CLIENT_SECRET, { graceHours: 0 })
    await world.request(CLIENT_SECRET, { graceHours: 0 })
    await drain(world)
    await settle(world, 1)
    expect(world.vault.versionsOf(CLIENT_SECRET)).toHaveLength(2)
    expect(world.secrets.listed().map(({ value }) => value)).toEqual([world.valueOf(CLIENT_SECRET)])
  })

  it('that is always too slow is given up, and told of once', async () => {
    const world = createRotationWorld()
    const first = world.onboard('databricks-token')
    world.time.advance(61 * DAY_MS)
    const issue = world.tokens.issue
    world.tokens.issue = (...wish) => {
      const issued = issue(...wish)
      world.time.advance(61_000)
      return issued
    }
    await settle(world, 1)
    expect(world.eventsOf('credential-failing')).toHaveLength(1)
    expect(world.valueOf(TOKEN)).toBe(first.value)
    expect(first.endedBy).toBeNull()
  })

  it('is made before the credential expires although its scope takes no copy', async () => {
    const world = createRotationWorld()
    world.onboard('databricks-token', { scope: { scopeName: SCOPE, isPending: true } })
    world.copies.set = () => {
      throw new Error('no scope')
    }
    await settle(world, 24 * 80, 24)
    const value = world.valueOf(TOKEN) ?? ''
    expect(world.vault.versionsOf(TOKEN).length).toBeGreaterThan(1)
    expect(world.tokens.use(value)).not.toBeNull()
  })
})

describe('a secret that Steward knows nothing of', () => {
  it('is no alert when the vault gives it to nobody', async () => {
    const world = createRotationWorld()
    const denied = createPass({ at: 2, when: 'before', what: 'denied' })
    const outcome = await world.work({ secretName: 'of-others', who: 'event' }, denied)
    expect(outcome.kind).toBe('done')
    expect(world.eventsOf('credential-failing')).toEqual([])
    expect(world.history).toEqual([])
  })
})

describe('an orphan', () => {
  it('with exactly our mark is swept once it is old enough, and no other', async () => {
    const world = createRotationWorld()
    world.onboard('databricks-token')
    const mark = credentialMark('test', VAULT, TOKEN)
    const orphan = world.tokens.issue(CLIENT_ID, mark, 90)
    const others = [
      world.tokens.issue('somebody', mark, 90),
      world.tokens.issue(CLIENT_ID, `${mark}-2`, 90),
      world.tokens.issue(CLIENT_ID, null, 90),
    ]
    await settle(world, 1)
    expect(orphan.endedBy).toBe('steward')
    expect(world.time.now() - orphan.createdAt.getTime()).toBeGreaterThanOrEqual(60_000)
    expect(others.map(({ endedBy }) => endedBy)).toEqual([null, null, null])
  })
})
