import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type CredentialTags,
  credentialKey,
  isMarked,
  MAX_PREVIOUS,
  mergeTags,
  readCredentialTags,
  writeCredentialTags,
} from '../../src/trust/credential-tags.ts'
import { anyCredentialTags, LONGEST_TAGS } from './credential-arbitraries.ts'

const { instance } = LONGEST_TAGS.owner
const toSecond = (at: Date): Date => new Date(Math.floor(at.getTime() / 1000) * 1000)

/** What Key Vault takes: 15 tags, values of 256 characters. */
function expectToFit(tags: Record<string, string>): void {
  expect(Object.keys(tags).length).toBeLessThanOrEqual(15)
  for (const [name, value] of Object.entries(tags)) {
    expect(name.length, name).toBeLessThanOrEqual(256)
    expect(value.length, name).toBeLessThanOrEqual(256)
    expect(value, name).not.toBe('')
  }
}

describe('the tags of a credential', () => {
  it('come back as they went in, times to the second, for their own instance only', () => {
    fc.assert(
      fc.property(anyCredentialTags, (tags) => {
        const written = writeCredentialTags(tags)
        const previous = tags.previous.map((one) => ({ ...one, retireAt: toSecond(one.retireAt) }))
        expect(readCredentialTags(tags.owner.instance, written)).toEqual({ ...tags, previous })
        expect(readCredentialTags(`${tags.owner.instance}x`, written)).toBeNull()
        expect(isMarked(written)).toBe(true)
      }),
    )
  })

  it('fit where they are kept, however long what they tell', () => {
    fc.assert(fc.property(anyCredentialTags, (tags) => expectToFit(writeCredentialTags(tags))))
    expect(LONGEST_TAGS.previous).toHaveLength(MAX_PREVIOUS)
    expectToFit(writeCredentialTags(LONGEST_TAGS))
    expect(readCredentialTags(instance, writeCredentialTags(LONGEST_TAGS))).toEqual(LONGEST_TAGS)
  })

  const written = writeCredentialTags(LONGEST_TAGS)
  const id = LONGEST_TAGS.credentialId
  const second = '2026-01-01T00:00:00Z'

  it.each([
    'steward-schema',
    'steward-kind',
    'steward-instance',
    'steward-name',
    'steward-client-id',
    'steward-token-id',
    'steward-policy',
    'steward-state',
    'steward-acts-by',
    'steward-previous',
    'steward-retire-at',
    'steward-workspace',
  ])('are no mark without %s, or with nothing in it', (name) => {
    const { [name]: value, ...others } = written
    expect(value).toBeDefined()
    expect(readCredentialTags(instance, others)).toBeNull()
    expect(readCredentialTags(instance, { ...others, [name]: '' })).toBeNull()
  })

  it.each<[string, Record<string, string>]>([
    ['another schema', { 'steward-schema': '2' }],
    ['a kind that nobody knows', { 'steward-kind': 'certificate' }],
    ['the id of another kind', { 'steward-kind': 'client-secret' }],
    ['an id of two words', { 'steward-token-id': 'a b' }],
    ['an id too long to be kept three times', { 'steward-token-id': 'a'.repeat(65) }],
    ['a state that nobody knows', { 'steward-state': 'asleep' }],
    ['a policy out of bounds', { 'steward-policy': 'lifetimeDays=9999' }],
    ['one time less than ids', { 'steward-retire-at': `${second} ${second}` }],
    ['one time more than ids', { 'steward-retire-at': Array(4).fill(second).join(' ') }],
    ['more ids than it can have', tagsOfPrevious(Array(4).fill(id), Array(4).fill(second))],
    ['an id of no characters', tagsOfPrevious([id, ''], [second, second])],
    ['a previous id that is too long', tagsOfPrevious(['a'.repeat(65)], [second])],
    ['a time that is none', tagsOfPrevious([id], ['soon'])],
    ['a time without its zone', tagsOfPrevious([id], ['2026-01-01T00:00:00'])],
    ['a mere year', tagsOfPrevious([id], ['2026'])],
    ['a day that no month has', tagsOfPrevious([id], ['2026-02-30T00:00:00Z'])],
    ['a way to act that nobody knows', { 'steward-acts-by': 'magic' }],
    ['a way to act with too much', { 'steward-acts-by': 'entra kv.vault.azure.net' }],
    ['a client secret without its name', { 'steward-acts-by': 'client-secret kv.vault.azure.net' }],
    ['a client secret with too much', { 'steward-acts-by': 'client-secret kv.vault.azure.net a b' }],
    ['a workspace that is no origin', { 'steward-workspace': 'https://adb-1.2.azuredatabricks.net/api' }],
    ['a scope without a name', { 'steward-scope': 'pending ' }],
    ['a scope of nothing', { 'steward-scope': '' }],
    ['a scope of two words', { 'steward-scope': 'waiting etl' }],
  ])('are no mark with %s', (_what, more) => {
    expect(readCredentialTags(instance, { ...written, ...more })).toBeNull()
  })

  it('tell of a client secret without workspace, copy or anything before it', () => {
    const plain: CredentialTags = {
      ...LONGEST_TAGS,
      kind: 'client-secret',
      credentialId: LONGEST_TAGS.clientId,
      previous: [],
      actsBy: { kind: 'entra' },
      workspace: null,
      scope: null,
    }
    expect(readCredentialTags(instance, writeCredentialTags(plain))).toEqual(plain)
    expect(Object.keys(writeCredentialTags(plain))).toHaveLength(9)
  })

  it('of a client secret from before there was rotation are read as if nothing else had been chosen', () => {
    const first = {
      'steward-schema': '1',
      'steward-kind': 'client-secret',
      'steward-instance': instance,
      'steward-name': 'etl',
      'steward-client-id': LONGEST_TAGS.clientId,
      'steward-key-id': LONGEST_TAGS.clientId,
    }
    const read = readCredentialTags(instance, first)
    expect(read).toMatchObject({ overrides: {}, isPaused: false, previous: [], actsBy: { kind: 'entra' }, scope: null })
    expect(readCredentialTags(instance, { ...first, 'steward-state': 'active' })).toBeNull()
    expect(readCredentialTags(instance, { ...first, 'steward-kind': 'databricks-token' })).toBeNull()
  })

  it('are marked, but not complete, when only the first of them are there', () => {
    const parts = ['steward-schema', 'steward-kind', 'steward-instance', 'steward-name', 'steward-client-id']
    const mark = Object.fromEntries(Object.entries(written).filter(([name]) => parts.includes(name)))
    expect(Object.keys(mark)).toEqual(parts)
    expect([isMarked(mark), readCredentialTags(instance, mark)]).toEqual([true, null])
    expect(isMarked({ 'file-encoding': 'utf-8' })).toBe(false)
  })
})

function tagsOfPrevious(ids: string[], times: string[]): Record<string, string> {
  return { 'steward-previous': ids.join(' '), 'steward-retire-at': times.join(' ') }
}

describe('tags of others', () => {
  const foreign = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`team-${index}`, String(index)]))

  it('stay beside ours as far as there is room, and ours always do', () => {
    fc.assert(
      fc.property(anyCredentialTags, fc.nat({ max: 15 }), (tags, count) => {
        const ours = writeCredentialTags(tags)
        const merged = mergeTags(foreign(count), ours)
        expect(merged).toMatchObject(ours)
        const room = 15 - Object.keys(ours).length
        expect(Object.keys(merged).length - Object.keys(ours).length).toBe(Math.min(room, count))
        expectToFit(merged)
      }),
    )
    expect(mergeTags(foreign(2), { 'steward-schema': '1' })).toEqual({ ...foreign(2), 'steward-schema': '1' })
  })

  it('are not those that we once wrote: what is no longer so goes', () => {
    const { 'steward-schema': schema = '', ...stale } = writeCredentialTags(LONGEST_TAGS)
    expect(mergeTags({ ...stale, ...foreign(1) }, { 'steward-schema': schema })).toEqual({
      ...foreign(1),
      'steward-schema': schema,
    })
  })
})

describe('the key of a credential', () => {
  it('is the same for every spelling of the secret, and another in another vault', () => {
    const key = credentialKey('https://kv-team.vault.azure.net', 'Databricks-Token')
    expect(key).toBe('kv-team.vault.azure.net/databricks-token')
    expect(credentialKey('https://kv-team.vault.azure.net/', 'databricks-TOKEN')).toBe(key)
    expect(credentialKey('https://kv-etl.vault.azure.net', 'databricks-token')).not.toBe(key)
  })
})
