import fc from 'fast-check'
import type { ActsBy, CredentialTags, PreviousCredential, ScopeCopy } from '../../src/trust/credential-tags.ts'
import type { PolicyOverrides } from '../../src/trust/rotation-policy.ts'

export const anyOverrides: fc.Arbitrary<PolicyOverrides> = fc.record(
  {
    lifetimeDays: fc.integer({ min: 1, max: 730 }),
    renewBeforeDays: fc.integer({ min: 1, max: 365 }),
    graceHours: fc.integer({ min: 0, max: 2160 }),
    whenStillUsed: fc.constantFrom('revoke' as const, 'wait' as const),
    maxWaitHours: fc.integer({ min: 0, max: 2160 }),
  },
  { requiredKeys: [] },
)

const text = (form: RegExp): fc.Arbitrary<string> => fc.stringMatching(form)
const secretName = text(/^[A-Za-z0-9-]{1,127}$/)
const vaultHost = text(/^[a-z][a-z0-9]{2,23}$/).chain((vault) =>
  fc.constantFrom('vault.azure.net', 'vault.usgovcloudapi.net', 'vault.azure.cn').map((suffix) => `${vault}.${suffix}`),
)
const workspace = fc.tuple(fc.bigInt({ min: 1n, max: 10n ** 17n }), fc.nat({ max: 20 })).map(([id, number]) => {
  return `https://adb-${id}.${number}.azuredatabricks.net`
})
const moment = fc.date({ min: new Date('2020-01-01'), max: new Date('2100-01-01'), noInvalidDate: true })

const actsBy: fc.Arbitrary<ActsBy> = fc.oneof(
  fc.constantFrom<ActsBy>({ kind: 'entra' }, { kind: 'databricks' }),
  fc.record({ kind: fc.constant('client-secret' as const), vaultHost, secretName }),
)
// A prefix of 40 characters and a name of 80; names may look like the mark of a pending copy.
const scope: fc.Arbitrary<ScopeCopy> = fc.record({
  scopeName: fc.oneof(text(/^[A-Za-z0-9._@-]{1,120}$/), fc.constantFrom('pending', 'pending-etl')),
  isPending: fc.boolean(),
})

const commonFields = (credentialId: fc.Arbitrary<string>) => ({
  owner: fc.record({ instance: text(/^[a-z][a-z0-9]{0,14}$/), name: text(/^[a-z][a-z0-9-]{1,39}$/) }),
  clientId: fc.uuid(),
  credentialId,
  overrides: anyOverrides,
  isPaused: fc.boolean(),
  previous: fc.array(fc.record<PreviousCredential>({ credentialId, retireAt: moment }), { maxLength: 3 }),
  actsBy,
  scope: fc.option(scope),
})

/** Everything that the tags of a credential may have to tell. */
export const anyCredentialTags: fc.Arbitrary<CredentialTags> = fc.oneof(
  fc.record<CredentialTags>({
    kind: fc.constant('client-secret'),
    ...commonFields(fc.uuid()),
    workspace: fc.option(workspace),
  }),
  fc.record<CredentialTags>({
    kind: fc.constant('databricks-token'),
    ...commonFields(text(/^[0-9a-f]{64}$/)),
    workspace,
  }),
)

/** As long as each of them can be at once. */
export const LONGEST_TAGS: CredentialTags = {
  kind: 'databricks-token',
  owner: { instance: 'i'.repeat(15), name: 'n'.repeat(40) },
  clientId: '7a0c0e5e-1d5b-4b3c-9f53-5a4e6c1b0001',
  credentialId: 'a'.repeat(64),
  overrides: { lifetimeDays: 730, renewBeforeDays: 365, graceHours: 2160, whenStillUsed: 'revoke', maxWaitHours: 2160 },
  isPaused: true,
  previous: ['b', 'c', 'd'].map((letter) => ({
    credentialId: letter.repeat(64),
    retireAt: new Date('2026-12-31T23:59:59Z'),
  })),
  workspace: `https://adb-${'9'.repeat(19)}.99.databricks.azure.us`,
  actsBy: {
    kind: 'client-secret',
    vaultHost: `${'v'.repeat(24)}.vault.usgovcloudapi.net`,
    secretName: 's'.repeat(127),
  },
  scope: { scopeName: 's'.repeat(120), isPending: true },
}
