import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { changeCredential } from '../../src/rotation/change.ts'
import { readCredentialTags } from '../../src/trust/credential-tags.ts'
import { credentialMark } from '../../src/trust/marks.ts'
import { VAULT } from '../support/onboarding-request.ts'
import type { Issued } from './memory-issuer.ts'
import { createPass, type Fault } from './pass.ts'
import {
  CLIENT_ID,
  CLIENT_SECRET,
  createRotationWorld,
  HOUR_MS,
  INSTANCE,
  type RotationWorld,
  SCOPE,
  TOKEN,
} from './rotation-world.ts'
import { deliver, drain, settle, takeNext } from './settle.ts'

const NAMES = [TOKEN, CLIENT_SECRET] as const

/** What may happen, to Steward or around it. */
type Event =
  | { readonly kind: 'timer' | 'message'; readonly fault: Fault | null }
  | {
      readonly kind: 'two-workers'
      readonly name: string
      readonly turns: readonly number[]
      readonly isAsked: boolean
    }
  | { readonly kind: 'request'; readonly name: string; readonly graceHours: number | null }
  | { readonly kind: 'pause' | 'resume' | 'add-version' | 'disable' | 'revoke' | 'lose-a-value'; readonly name: string }
  | { readonly kind: 'time'; readonly hours: number }
  | { readonly kind: 'use-old' | 'lose-storage' | 'forge' }

const name = fc.constantFrom(...NAMES)
const fault: fc.Arbitrary<Fault | null> = fc.option(
  fc.record<Fault>({
    at: fc.nat({ max: 40 }),
    when: fc.constantFrom('before', 'after'),
    what: fc.constantFrom('kill', 'kill', 'unavailable', 'denied'),
  }),
)
const turns = fc.array(fc.nat({ max: 12 }), { minLength: 1, maxLength: 8 })
const anyEvent: fc.Arbitrary<Event> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('timer' as const), fault }) },
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('message' as const), fault }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('two-workers' as const), name, turns, isAsked: fc.boolean() }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('request' as const),
      name,
      graceHours: fc.constantFrom(null, null, 0, 72),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constantFrom('pause', 'resume', 'add-version', 'disable', 'revoke', 'lose-a-value'),
      name,
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant('time' as const), hours: fc.constantFrom(0.01, 0.2, 1, 12, 50, 24 * 14) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('use-old', 'lose-storage', 'forge') }) },
)

const policy = fc.constantFrom(
  {},
  { whenStillUsed: 'wait', maxWaitHours: 48 },
  { graceHours: 0 },
  { lifetimeDays: 20, renewBeforeDays: 15, graceHours: 300, whenStillUsed: 'wait' },
  { maintenanceWindows: [{ days: ['sat'], from: '22:00', hours: 4, timeZone: 'Europe/Berlin' }] },
)

function issuerOf(world: RotationWorld, secretName: string) {
  return secretName === TOKEN ? world.tokens : world.secrets
}

/** Watches every change that Steward makes to something that others rely on. */
function watch(world: RotationWorld): { readonly foreign: Issued[] } {
  const foreign: Issued[] = []
  for (const secretName of NAMES) {
    const issuer = issuerOf(world, secretName)
    issuer.onRevoke = (issued) => {
      const mark = credentialMark(INSTANCE, VAULT, secretName)
      expect([issued.mark, issued.createdBy]).toEqual([mark, CLIENT_ID])
      expect(issued.value).not.toBe(world.valueOf(secretName))
    }
  }
  world.vault.onUpdate = ({ by, tags }) => expect([by, tags['steward-schema']]).toEqual(['steward', '1'])
  return { foreign }
}

async function happen(world: RotationWorld, event: Event, foreign: Issued[]): Promise<void> {
  const { vault, time } = world
  switch (event.kind) {
    case 'timer':
      return world.runTimer(createPass(event.fault)).catch(rethrowDefects)
    case 'message': {
      const waiting = takeNext(world)
      if (!waiting) return
      if (waiting.visibleAt > time.now()) time.advance(waiting.visibleAt - time.now())
      return deliver(world, waiting, createPass(event.fault))
    }
    case 'two-workers': {
      const replaces = vault.currentOf(event.name)?.version ?? ''
      const message = { secretName: event.name, ...(event.isAsked ? { replaces } : {}) }
      world.fencesWorkers = false
      const passes = [createPass(null, event.turns), createPass(null, event.turns.toReversed())]
      await Promise.all(passes.map((pass) => world.work(message, pass))).finally(() => {
        world.fencesWorkers = true
      })
      return
    }
    case 'request': {
      const asked = event.graceHours === null ? {} : { graceHours: event.graceHours }
      return world.request(event.name, asked).catch(rethrowDefects)
    }
    case 'pause':
    case 'resume': {
      const change = { state: event.kind === 'pause' ? ('paused' as const) : ('active' as const) }
      const asker = { who: 'caller', correlationId: 'correlation' }
      const ref = { vaultUrl: VAULT, secretName: event.name }
      return changeCredential(world.portsOf(createPass()), ref, change, asker).catch(rethrowDefects)
    }
    case 'add-version':
      vault.add(event.name, { value: 'by-hand', expiresAt: null, tags: { team: 'etl' }, by: 'person' })
      return
    case 'disable': {
      const current = vault.currentOf(event.name)
      if (current) current.isEnabled = false
      return
    }
    case 'revoke': {
      const issued = issuerOf(world, event.name).findByValue(world.valueOf(event.name) ?? '')
      if (issued) issued.endedBy = 'person'
      return
    }
    case 'lose-a-value':
      issuerOf(world, event.name).issue(CLIENT_ID, credentialMark(INSTANCE, VAULT, event.name), 90)
      return
    case 'time':
      time.advance(event.hours * HOUR_MS)
      return
    case 'use-old':
      for (const { value } of world.tokens.all.values()) world.tokens.use(value)
      return
    case 'lose-storage':
      world.statuses.clear()
      world.isIndexed = false
      return
    case 'forge': {
      const mark = credentialMark(INSTANCE, VAULT, TOKEN)
      foreign.push(world.tokens.issue('somebody', mark, 3650), world.tokens.issue(CLIENT_ID, `${mark}/`, 3650))
    }
  }
}

function rethrowDefects(thrown: unknown): void {
  if (thrown instanceof Error && (thrown.name === 'AssertionError' || thrown instanceof TypeError)) throw thrown
}

/** Steward may have let a credential expire only where it could not work, and never ended one that is current. */
function checkAlways(world: RotationWorld): void {
  for (const secretName of NAMES) {
    const current = world.vault.currentOf(secretName)
    const tags = current && readCredentialTags(INSTANCE, current.tags)
    if (!tags || !current.isEnabled) continue
    const issued = issuerOf(world, secretName).all.get(tags.credentialId)
    expect(issued?.value).toBe(current.value)
    expect(issued?.endedBy).not.toBe('steward')
  }
  expect(world.queue.length).toBeLessThan(60)
}

/** A person puts right what Steward must not. */
async function mend(world: RotationWorld): Promise<void> {
  const asker = { who: 'caller', correlationId: 'correlation' }
  for (const secretName of NAMES) {
    const current = world.vault.currentOf(secretName)
    if (current) current.isEnabled = true
    // Its onboarding, started again, says whose it is, where nobody remembers.
    world.remember(secretName)
    if (!world.tagsOf(secretName)) await world.request(secretName, { takeOver: true })
    await drain(world)
    if (!world.tagsOf(secretName)?.isPaused) continue
    const ref = { vaultUrl: VAULT, secretName }
    await changeCredential(world.portsOf(createPass()), ref, { state: 'active' }, asker)
  }
}

/** Nobody lists client secrets by the hour: what happened to them is found by a look at the credential. */
async function settleAll(world: RotationWorld, hours: number): Promise<void> {
  await world.work({ secretName: CLIENT_SECRET })
  await settle(world, hours)
}

function checkSettled(world: RotationWorld, foreign: readonly Issued[]): void {
  for (const secretName of NAMES) {
    const issuer = issuerOf(world, secretName)
    const current = issuer.findByValue(world.valueOf(secretName) ?? '')
    expect(current && issuer.isLive(current)).toBe(true)
    const tags = world.tagsOf(secretName)
    const promised = [tags?.credentialId, ...(tags?.previous ?? []).map(({ credentialId }) => credentialId)]
    const mark = credentialMark(INSTANCE, VAULT, secretName)
    const ours = [...issuer.all.values()].filter((one) => one.mark === mark && one.createdBy === CLIENT_ID)
    expect(promised).toEqual(expect.arrayContaining(ours.filter(issuer.isLive).map(({ id }) => id)))
    for (const { retireAt } of tags?.previous ?? []) {
      expect(retireAt.getTime() + 168 * HOUR_MS).toBeGreaterThan(world.time.now() - 13 * HOUR_MS)
    }
  }
  expect(world.copies.get(`${SCOPE}/${TOKEN}`) ?? world.valueOf(TOKEN)).toBe(world.valueOf(TOKEN))
  for (const one of foreign) expect(one.endedBy).toBeNull()
  const byHand = [...NAMES].flatMap((one) => world.vault.versionsOf(one)).filter(({ by }) => by === 'person')
  for (const { tags } of byHand) expect(tags).toEqual({ team: 'etl' })
}

function checkNothingTold(world: RotationWorld): void {
  const told = JSON.stringify([
    world.lines,
    world.audited,
    world.history,
    [...world.statuses],
    world.queue,
    world.poison,
  ])
  for (const { value } of [...world.tokens.all.values(), ...world.secrets.all.values()]) {
    expect(told).not.toContain(`${value}"`)
    expect(told).not.toContain(`${value} `)
  }
}

describe('whatever happens, in whatever order', () => {
  it('what the vault shows works, nothing of ours is left behind, and nothing of others is touched', async () => {
    await fc.assert(
      fc.asyncProperty(policy, fc.array(anyEvent, { maxLength: 30 }), async (rotation, events) => {
        const world = createRotationWorld(rotation)
        const { foreign } = watch(world)
        world.onboard('databricks-token', { scope: { scopeName: SCOPE, isPending: false } })
        world.onboard('client-secret')
        await world.runTimer()
        for (const event of events) {
          await happen(world, event, foreign)
          checkAlways(world)
        }
        await drain(world)
        world.time.advance(HOUR_MS)
        // What is refused because too much is in its grace is asked for again after it.
        for (const days of [1, 20, 20, 1]) {
          await mend(world)
          await settleAll(world, days * 24)
          checkAlways(world)
        }
        checkSettled(world, foreign)
        checkNothingTold(world)
      }),
      { numRuns: Number(process.env['STEWARD_RUNS'] ?? 150) },
    )
  })
})
