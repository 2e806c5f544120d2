import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type CredentialSight, decideCredential } from '../../src/onboarding/decide-credential.ts'
import { type CredentialTags, writeCredentialTags } from '../../src/trust/credential-tags.ts'

const owner = { instance: 'prod', name: 'etl' }
const now = new Date('2026-06-01T00:00:00Z')
const later = new Date('2026-12-01T00:00:00Z')
const before = new Date('2026-05-01T00:00:00Z')

const marks: readonly CredentialTags[] = [
  {
    kind: 'client-secret',
    owner,
    clientId: 'app-1',
    credentialId: 'key-1',
    overrides: { lifetimeDays: 180 },
    isPaused: false,
    previous: [],
    workspace: null,
    actsBy: { kind: 'entra' },
    scope: null,
  },
  {
    kind: 'databricks-token',
    owner,
    clientId: 'app-1',
    credentialId: 'token-1',
    overrides: {},
    isPaused: false,
    previous: [],
    workspace: 'https://adb-1.2.azuredatabricks.net',
    actsBy: { kind: 'databricks' },
    scope: null,
  },
]

describe.each(marks.map((mark) => [mark.kind, mark] as const))('what becomes of the %s in the vault', (kind, mark) => {
  const { credentialId } = mark
  const tags = writeCredentialTags(mark)
  const version = { version: 'v1', isEnabled: true, expiresAt: later, createdAt: before, tags }
  const credential = { credentialId, expiresAt: later }
  const principal = { clientId: 'app-1', credentials: [credential] }
  const sight: CredentialSight = { kind, current: version, principal, isMarkedPrincipalThere: false, adoptedId: null }
  const decide = (change: Partial<CredentialSight>) => decideCredential(owner, { ...sight, ...change }, now)

  it.each<[string, Partial<CredentialSight>, ReturnType<typeof decideCredential>]>([
    ['nothing there: a new one', { current: null }, { kind: 'create', reason: 'missing' }],
    [
      'nothing there, and no principal yet: a new one',
      { current: null, principal: null },
      { kind: 'create', reason: 'missing' },
    ],
    ['live and ours: kept', {}, { kind: 'keep', reason: 'healthy', tags: mark }],
    ['without our tags: refused', { current: { ...version, tags: {} } }, { kind: 'refuse', reason: 'not-ours' }],
    [
      'of another deployment: refused',
      { current: { ...version, tags: { ...tags, 'steward-instance': 'test' } } },
      { kind: 'refuse', reason: 'not-ours' },
    ],
    [
      'of another onboarding: refused, naming it',
      { current: { ...version, tags: { ...tags, 'steward-name': 'other' } } },
      { kind: 'refuse', reason: 'belongs-to-another', belongsTo: 'other' },
    ],
    [
      'revoked by somebody: a new one',
      { principal: { ...principal, credentials: [] } },
      { kind: 'create', reason: 'revoked-elsewhere' },
    ],
    [
      'expired in the vault: a new one',
      { current: { ...version, expiresAt: before } },
      { kind: 'create', reason: 'expired' },
    ],
    [
      'expired where it was issued: a new one',
      { principal: { ...principal, credentials: [{ ...credential, expiresAt: before }] } },
      { kind: 'create', reason: 'expired' },
    ],
    [
      'expiring at this very moment: a new one',
      { current: { ...version, expiresAt: now } },
      { kind: 'create', reason: 'expired' },
    ],
    [
      'without any expiry: kept',
      {
        current: { ...version, expiresAt: null },
        principal: { ...principal, credentials: [{ ...credential, expiresAt: null }] },
      },
      { kind: 'keep', reason: 'healthy', tags: mark },
    ],
    [
      'switched off by somebody: refused',
      { current: { ...version, isEnabled: false } },
      { kind: 'refuse', reason: 'switched-off' },
    ],
  ])('%s', (_name, change, decision) => {
    expect(decide(change)).toEqual(decision)
  })

  it.each([
    ['no principal is found', null],
    ['another principal is found', { ...principal, clientId: 'app-2' }],
  ])('is kept from being written over while the principal that it is of is still there: %s', (_name, found) => {
    expect(decide({ principal: found, isMarkedPrincipalThere: true })).toEqual({
      kind: 'refuse',
      reason: 'of-another-application',
      clientId: 'app-1',
    })
    expect(decide({ principal: found })).toEqual({ kind: 'create', reason: 'application-gone' })
  })

  it('is not written over by a credential of another kind, alive or not', () => {
    const others = marks.filter((other) => other.kind !== kind).map(writeCredentialTags)
    expect(others).toHaveLength(1)
    for (const foreign of others) {
      for (const change of [{}, { expiresAt: before }, { isEnabled: false }]) {
        expect(decide({ current: { ...version, ...change, tags: foreign } })).toEqual({
          kind: 'refuse',
          reason: 'of-another-kind',
        })
      }
    }
  })

  it('never writes over a secret whose tags are not a complete mark of this instance', () => {
    const anyTags = fc.dictionary(
      fc.constantFrom(...Object.keys(tags), 'other'),
      fc.constantFrom('1', kind, 'prod', 'etl', credentialId, 'app-1', 'as-configured', 'active', 'entra', ''),
    )
    fc.assert(
      fc.property(anyTags, (foreign) => {
        const isComplete = Object.keys(tags).every((name) => foreign[name])
        const decision = decide({ current: { ...version, tags: foreign } })
        if (!isComplete) expect(decision).toEqual({ kind: 'refuse', reason: 'not-ours' })
      }),
    )
  })

  describe('when it is taken over', () => {
    const unmarked = { ...version, tags: { team: 'etl' } }
    const named = { current: unmarked, adoptedId: credentialId }

    it('is adopted, when the principal has what is said to be in it', () => {
      expect(decide(named)).toEqual({ kind: 'adopt', reason: 'adopted', credentialId })
    })

    it.each<[string, Partial<CredentialSight>]>([
      ['the principal has no such credential', { adoptedId: 'other' }],
      ['the principal has none', { principal: { ...principal, credentials: [] } }],
      ['there is no principal', { principal: null }],
    ])('is refused when %s', (_what, change) => {
      expect(decide({ ...named, ...change })).toEqual({ kind: 'refuse', reason: 'adopted-is-missing' })
    })

    it.each<[string, Record<string, string>, ReturnType<typeof decideCredential>]>([
      ['of another deployment', { ...tags, 'steward-instance': 'test' }, { kind: 'refuse', reason: 'not-ours' }],
      ['that is marked, but not completely', { 'steward-schema': '1' }, { kind: 'refuse', reason: 'not-ours' }],
      [
        'of another onboarding',
        { ...tags, 'steward-name': 'other' },
        { kind: 'refuse', reason: 'belongs-to-another', belongsTo: 'other' },
      ],
      ['of its own, which stays as it is', tags, { kind: 'keep', reason: 'healthy', tags: mark }],
    ])('is not one %s', (_what, foreign, decision) => {
      expect(decide({ ...named, current: { ...version, tags: foreign } })).toEqual(decision)
    })

    it('is not one that somebody switched off', () => {
      expect(decide({ ...named, current: { ...unmarked, isEnabled: false } })).toEqual({
        kind: 'refuse',
        reason: 'not-ours',
      })
    })

    it('is a new one when there is none in the vault', () => {
      expect(decide({ ...named, current: null })).toEqual({ kind: 'create', reason: 'missing' })
    })
  })
})
