import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { SecretVersion, VaultClient } from '../../src/clients/keyvault/client.ts'
import { lookForOrphans, removeOrphans } from '../../src/onboarding/credential-orphans.ts'
import type { LiveCredential } from '../../src/trust/credential-provider.ts'
import { writeCredentialTags } from '../../src/trust/credential-tags.ts'
import { createManualTime } from '../support/manual-time.ts'

const MARK = 'steward/prod/kv-etl.vault.azure.net/client-secret'
const before = new Date('2026-05-01T00:00:00Z')

function live(credentialId: string, mark: string | null = MARK, createdAt = before): LiveCredential {
  return { credentialId, mark, createdAt, expiresAt: null, lastUsedDay: null, scopes: null }
}

function versionOf(credentialId: string, instance = 'prod'): SecretVersion {
  const tags = writeCredentialTags({
    kind: 'client-secret',
    owner: { instance, name: 'etl' },
    clientId: 'app-1',
    credentialId,
    overrides: {},
    isPaused: false,
    previous: [],
    workspace: null,
    actsBy: { kind: 'entra' },
    scope: null,
  })
  return { version: `of-${credentialId}`, isEnabled: true, expiresAt: null, createdAt: before, tags }
}

/** Looks at a vault that holds these versions; whether they were listed at all comes back, too. */
async function look(credentials: readonly LiveCredential[], versions: readonly SecretVersion[], keptId?: string) {
  let lists = 0
  const vault = {
    listSecretVersions: async () => {
      lists += 1
      return [...versions]
    },
  } as unknown as VaultClient
  const found = await lookForOrphans({
    instance: 'prod',
    vault,
    secretName: 'client-secret',
    mark: MARK,
    live: credentials,
    keptId: keptId ?? null,
  })
  expect(found.mark).toBe(MARK)
  return { ids: found.credentials.map(({ credentialId }) => credentialId), lists }
}

describe('which credentials never reached their vault secret', () => {
  it('are exactly those that no version names', async () => {
    const keyIds = fc.uniqueArray(fc.stringMatching(/^[0-9a-f-]{1,12}$/), { maxLength: 8 })
    await fc.assert(
      fc.asyncProperty(keyIds, fc.infiniteStream(fc.boolean()), async (keys, isStored) => {
        const stored = keys.filter(() => isStored.next().value)
        const { ids } = await look(
          keys.map((keyId) => live(keyId)),
          stored.map((keyId) => versionOf(keyId)),
        )
        expect(ids).toEqual(keys.filter((keyId) => !stored.includes(keyId)))
      }),
    )
  })

  it('are none that bear another mark, or none', async () => {
    const others = [live('of-another-secret', `${MARK}-2`), live('made-by-hand', 'x'), live('unmarked', null)]
    expect(await look([...others, live('lost')], [])).toEqual({ ids: ['lost'], lists: 1 })
  })

  it('are named by no version of another deployment', async () => {
    expect((await look([live('lost')], [versionOf('lost', 'test')])).ids).toEqual(['lost'])
  })

  it('are looked for in the versions only when there is one beside that which stays', async () => {
    expect(await look([live('kept'), live('made-by-hand', null)], [], 'kept')).toEqual({ ids: [], lists: 0 })
    expect(await look([live('kept'), live('lost')], [], 'kept')).toEqual({ ids: ['lost'], lists: 1 })
  })
})

describe('removing them', () => {
  /** Removes credentials of these ages; what was done, and how it ended. */
  async function remove(agesMs: readonly number[]) {
    const time = createManualTime()
    const done: string[] = []
    const provider = {
      revoke: async (credentialId: string) => {
        done.push(credentialId)
        return 'revoked' as const
      },
    }
    const credentials = agesMs.map((ageMs) => live(`aged-${ageMs}`, MARK, new Date(time.now() - ageMs)))
    const ended = await removeOrphans(
      provider,
      { mark: MARK, credentials },
      time,
      () => void done.push('guarded'),
    ).catch((error: unknown) => error)
    return { done, ended }
  }

  it('asks for the exclusion before each', async () => {
    expect(await remove([60_000, 90_000])).toEqual({
      done: ['guarded', 'aged-60000', 'guarded', 'aged-90000'],
      ended: undefined,
    })
  })

  it('leaves those that may still be on their way, and says when to come again for all of them', async () => {
    const { done, ended } = await remove([10_000, 60_000, 45_000])
    expect(done).toEqual(['guarded', 'aged-60000'])
    expect(ended).toMatchObject({ code: 'busy', retryable: true, retryAfterMs: 50_000 })
  })
})
