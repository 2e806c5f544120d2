import { describe, expect, it } from 'vitest'
import { findCredential } from '../../src/rotation/find.ts'
import { viewCredential } from '../../src/rotation/view.ts'
import { VAULT } from '../support/onboarding-request.ts'
import { createPass } from './pass.ts'
import { createRotationWorld, DAY_MS, type RotationWorld, TOKEN } from './rotation-world.ts'
import { settle } from './settle.ts'

async function viewOf(world: RotationWorld) {
  const found = await findCredential(world.portsOf(createPass()), { vaultUrl: VAULT, secretName: TOKEN })
  return viewCredential(found, 'federated-identity')
}

describe('a credential as an answer shows it', () => {
  it('tells what it is, what is due and what was done, and never a value', async () => {
    const world = createRotationWorld()
    const first = world.onboard('databricks-token')
    world.time.advance(61 * DAY_MS)
    await settle(world, 1)
    const view = await viewOf(world)
    expect(view).toMatchObject({
      state: 'active',
      kind: 'databricks-token',
      credentialId: 'token2',
      decision: { action: 'none', reason: 'healthy' },
      lastOutcome: { action: 'rotate', reason: 'due' },
      failure: null,
      previous: [{ credentialId: 'token1' }],
      issuedBy: 'federated-identity',
    })
    expect(Date.parse(view.expiresAt ?? '') - Date.parse(view.nextDueAt ?? '')).toBe(30 * DAY_MS)
    const shown = JSON.stringify(view)
    for (const { value } of [first, ...world.tokens.all.values()]) expect(shown).not.toContain(value)
  })

  it.each<[string, (world: RotationWorld) => void]>([
    ['paused', (world) => world.tag(TOKEN, { isPaused: true })],
    [
      'disabled',
      ({ vault }) => {
        const current = vault.currentOf(TOKEN)
        if (current) current.isEnabled = false
      },
    ],
    ['needs-attention', ({ vault }) => void vault.add(TOKEN, { value: 'x', expiresAt: null, tags: {}, by: 'person' })],
    ['needs-attention', ({ vault }) => vault.remove(TOKEN)],
  ])('is %s after what a person did', async (state, change) => {
    const world = createRotationWorld()
    world.onboard('databricks-token')
    world.remember(TOKEN)
    change(world)
    expect((await viewOf(world)).state).toBe(state)
  })

  it('is not found where Steward never kept one', async () => {
    const world = createRotationWorld()
    world.vault.add(TOKEN, { value: 'x', expiresAt: null, tags: {}, by: 'person' })
    await expect(viewOf(world)).rejects.toMatchObject({ code: 'not-found' })
  })
})
