import { describe, expect, it } from 'vitest'
import { asksToAdopt, exclusionKeysOf, parseOnboardingRequest, wishesOf } from '../../src/onboarding/request.ts'
import { StewardError } from '../../src/platform/errors.ts'

const workspace = 'https://adb-1234567890123456.7.azuredatabricks.net'
const vault = 'https://kv-etl-prod.vault.azure.net'
const learning =
  '/subscriptions/7a0c0e5e-1d5b-4b3c-9f53-5a4e6c1b0004/resourceGroups/rg/providers/Microsoft.MachineLearningServices/workspaces/mlw'
const accessToken = { vault, secretName: 'token' }
const job = { name: 'check', storageAccount: 'stlake' }
const minimal = { name: 'etl', servicePrincipal: { kind: 'entra', displayName: 'etl' } }

function issuesOf(body: unknown): string[] {
  try {
    parseOnboardingRequest(body)
    return []
  } catch (error) {
    if (!(error instanceof StewardError)) throw error
    expect(error.code).toBe('invalid-request')
    return error.issues.map(({ path }) => path)
  }
}

describe('an onboarding request', () => {
  it('names only the sections it wants', () => {
    expect(parseOnboardingRequest(minimal)).toEqual({
      name: 'etl',
      servicePrincipal: { kind: 'entra', displayName: 'etl', adopt: false },
    })
  })

  it.each([
    ['not an object', 'text', ['']],
    [
      'everything wrong at once',
      { name: 'E', servicePrincipal: { kind: 'entra', displayName: '' }, more: 1 },
      ['name', 'servicePrincipal.displayName', 'more'],
    ],
    ['an unknown kind', { ...minimal, servicePrincipal: { kind: 'user' } }, ['servicePrincipal.kind']],
    [
      'a client secret for a principal without app registration',
      {
        name: 'etl',
        servicePrincipal: { kind: 'databricks', displayName: 'etl' },
        clientSecret: { vault, secretName: 's' },
        databricks: { workspace },
      },
      ['clientSecret'],
    ],
    [
      'a Databricks principal without workspace',
      { name: 'etl', servicePrincipal: { kind: 'databricks', displayName: 'etl' } },
      ['databricks'],
    ],
    [
      'adopting without an id',
      { ...minimal, servicePrincipal: { ...minimal.servicePrincipal, adopt: true } },
      ['servicePrincipal.adopt'],
    ],
    [
      'an id without consent',
      { ...minimal, databricks: { workspace, servicePrincipalId: '12' } },
      ['databricks.adopt'],
    ],
    [
      'a vault with a path',
      { ...minimal, clientSecret: { vault: `${vault}/secrets`, secretName: 'a_b' } },
      ['clientSecret.vault', 'clientSecret.secretName'],
    ],
    [
      'a job without what its cluster reads',
      { ...minimal, databricks: { workspace, job } },
      ['databricks.job', 'databricks.job'],
    ],
    [
      "another onboarding's scope",
      { ...minimal, databricks: { workspace, secretScope: { name: 'etl-prod' } } },
      ['databricks.secretScope.name'],
    ],
    [
      'a scope in a vault without the vault',
      { ...minimal, databricks: { workspace, secretScope: { name: 'etl', backend: 'key-vault' } } },
      ['databricks.secretScope.vault'],
    ],
    [
      'a scope in Databricks with a vault',
      { ...minimal, databricks: { workspace, secretScope: { name: 'etl.raw', vault } } },
      ['databricks.secretScope.vault'],
    ],
    [
      'a job whose secret is not behind its scope',
      {
        ...minimal,
        clientSecret: { vault: 'https://kv-other.vault.azure.net', secretName: 's' },
        databricks: { workspace, job, secretScope: { name: 'etl', backend: 'key-vault', vault } },
      },
      ['databricks.secretScope.vault'],
    ],
    [
      "a job's notebook outside of the onboarding's folder, and a path that ends the statement",
      {
        ...minimal,
        clientSecret: { vault, secretName: 's' },
        databricks: {
          workspace,
          secretScope: { name: 'etl' },
          job: { ...job, name: '/Steward/prod/other/job', readPath: 'raw/x` LIMIT 1; DROP' },
        },
      },
      ['databricks.job.name', 'databricks.job.readPath'],
    ],
    [
      'a path in which Spark would put the value of a setting',
      {
        ...minimal,
        clientSecret: { vault, secretName: 's' },
        databricks: {
          workspace,
          secretScope: { name: 'etl' },
          job: { ...job, readPath: ['raw/', '{spark.secret}'].join('$') },
        },
      },
      ['databricks.job.readPath'],
    ],
    [
      'roles of a principal that Azure does not know',
      {
        name: 'etl',
        servicePrincipal: { kind: 'databricks', displayName: 'etl' },
        databricks: { workspace },
        machineLearning: { workspace: learning, roles: ['Reader'] },
      },
      ['machineLearning'],
    ],
    [
      'roles without a workspace, a registry without roles, a role that nobody knows, and one twice',
      {
        ...minimal,
        machineLearning: { roles: ['Reader', 'acdd72a7-3385-48ef-bd42-f606fba81ae7', 'Emperor'], registry: learning },
      },
      [
        'machineLearning.roles[2]',
        'machineLearning.registry',
        'machineLearning.roles',
        'machineLearning.registryRoles',
        'machineLearning.roles',
      ],
    ],
    [
      'a token to adopt without its id',
      { ...minimal, databricks: { workspace, accessToken: { ...accessToken, adopt: true } } },
      ['databricks.accessToken.adopt'],
    ],
    [
      "a token's id without consent",
      { ...minimal, databricks: { workspace, accessToken: { ...accessToken, tokenId: '0123456789abcdef' } } },
      ['databricks.accessToken.adopt'],
    ],
    [
      "a token's id of the wrong form, without consent",
      { ...minimal, databricks: { workspace, accessToken: { ...accessToken, tokenId: 'TOKEN-1' } } },
      ['databricks.accessToken.tokenId', 'databricks.accessToken.adopt'],
    ],
    [
      'a token to sign in for with a client secret that there is none of',
      { ...minimal, databricks: { workspace, accessToken: { ...accessToken, signIn: 'client-secret' } } },
      ['databricks.accessToken.signIn'],
    ],
    [
      'a token of a Databricks principal, to sign in for with a client secret',
      {
        name: 'etl',
        servicePrincipal: { kind: 'databricks', displayName: 'etl' },
        databricks: { workspace, accessToken: { ...accessToken, signIn: 'client-secret' } },
      },
      ['databricks.accessToken.signIn'],
    ],
    [
      "a token under the client secret's name, in whatever case and vault",
      {
        ...minimal,
        clientSecret: { vault: 'https://kv-other.vault.azure.net', secretName: 'TOKEN' },
        databricks: { workspace, accessToken },
      },
      ['databricks.accessToken.secretName'],
    ],
    [
      'a token with everything wrong at once',
      {
        ...minimal,
        clientSecret: { vault: 'no', secretName: 'token' },
        databricks: {
          workspace,
          accessToken: { secretName: 'Token', lifetimeDays: 731, signIn: 'magic', adopt: true },
        },
      },
      [
        'clientSecret.vault',
        'databricks.accessToken.vault',
        'databricks.accessToken.lifetimeDays',
        'databricks.accessToken.signIn',
        'databricks.accessToken.adopt',
        'databricks.accessToken.secretName',
      ],
    ],
    [
      'policies out of bounds, and with a life that stands elsewhere',
      {
        ...minimal,
        clientSecret: { vault, secretName: 's', policy: { renewBeforeDays: 0, graceHours: 2161, whenStillUsed: 'x' } },
        databricks: { workspace, accessToken: { ...accessToken, policy: { lifetimeDays: 30 } } },
      },
      [
        'clientSecret.policy.renewBeforeDays',
        'clientSecret.policy.graceHours',
        'clientSecret.policy.whenStillUsed',
        'databricks.accessToken.policy.lifetimeDays',
      ],
    ],
    [
      'entitlements that exclude each other',
      { ...minimal, databricks: { workspace, entitlements: ['workspace-consume', 'workspace-access'] } },
      ['databricks.entitlements'],
    ],
    ['a group twice', { ...minimal, databricks: { workspace, groups: ['etl', 'ETL '] } }, ['databricks.groups']],
    [
      'contradictions beside fields that are wrong',
      {
        name: 'E',
        servicePrincipal: { kind: 'databricks', displayName: '' },
        clientSecret: { vault: 'no' },
        databricks: { workspace: 1, groups: ['etl', 'etl'], adopt: true },
      },
      [
        'name',
        'servicePrincipal.displayName',
        'clientSecret.vault',
        'clientSecret.secretName',
        'databricks.workspace',
        'clientSecret',
        'databricks.adopt',
        'databricks.groups',
      ],
    ],
    [
      'a missing section beside a field that is wrong',
      { name: 'E', servicePrincipal: { kind: 'databricks', displayName: 'etl' } },
      ['name', 'databricks'],
    ],
    [
      'an id of the wrong form without consent',
      { ...minimal, servicePrincipal: { ...minimal.servicePrincipal, clientId: 'no' } },
      ['servicePrincipal.clientId', 'servicePrincipal.adopt'],
    ],
    [
      'consent that is none',
      { ...minimal, servicePrincipal: { ...minimal.servicePrincipal, adopt: 'yes' } },
      ['servicePrincipal.adopt'],
    ],
    [
      'more groups than anybody needs',
      { ...minimal, databricks: { workspace, groups: Array.from({ length: 51 }, (_, index) => `g${index}`) } },
      ['databricks.groups'],
    ],
    [
      'more entitlements than there are',
      { ...minimal, databricks: { workspace, entitlements: Array.from({ length: 6 }, () => 'workspace-access') } },
      ['databricks.entitlements', 'databricks.entitlements'],
    ],
    ...['a\nb', 'a\u0000', 'a\u202eb', 'a\u200bb', 'a\ud800'].map((name): [string, unknown, string[]] => [
      `invisible characters: ${JSON.stringify(name)}`,
      {
        name: 'etl',
        servicePrincipal: { kind: 'entra', displayName: name },
        databricks: { workspace, groups: [name] },
      },
      ['servicePrincipal.displayName', 'databricks.groups[0]'],
    ]),
  ])('is refused with every path: %s', (_name, body, paths) => {
    expect(issuesOf(body)).toEqual(paths)
  })

  it('takes names in any script, without the blanks around them', () => {
    const request = parseOnboardingRequest({
      name: 'etl',
      servicePrincipal: { kind: 'entra', displayName: ' Übermäßig 数据 🦆 ' },
      databricks: { workspace, groups: [' Datenfluß '] },
    })
    expect(request.servicePrincipal.displayName).toBe('Übermäßig 数据 🦆')
    expect(request.databricks?.groups).toEqual(['Datenfluß'])
  })

  it('takes a token that signs in as Steward itself, lives as configured and is a new one, unless it says so', () => {
    const plain = parseOnboardingRequest({ ...minimal, databricks: { workspace, accessToken } })
    expect(plain.databricks?.accessToken).toEqual({ ...accessToken, signIn: 'federated-identity', adopt: false })
    const said = { ...accessToken, lifetimeDays: 30, signIn: 'client-secret', tokenId: '0123456789abcdef', adopt: true }
    const full = parseOnboardingRequest({
      ...minimal,
      clientSecret: { vault, secretName: 's' },
      databricks: { workspace, accessToken: said },
    })
    expect(full.databricks?.accessToken).toEqual(said)
  })

  it('says where each wish stands', () => {
    const request = parseOnboardingRequest({
      ...minimal,
      clientSecret: { vault, secretName: 's' },
      databricks: { workspace, groups: ['etl', 'bi'], accessToken },
    })
    expect(wishesOf(request)).toMatchObject({
      onboarding: 'etl',
      vaults: [
        { value: vault, path: 'clientSecret.vault' },
        { value: vault, path: 'databricks.accessToken.vault' },
      ],
      workspaces: [{ value: workspace, path: 'databricks.workspace' }],
      entitlements: [],
      groups: [
        { value: 'etl', path: 'databricks.groups[0]' },
        { value: 'bi', path: 'databricks.groups[1]' },
      ],
    })
  })

  it('excludes every other that works on the same principal or the same secret, in one order', () => {
    const request = parseOnboardingRequest({
      ...minimal,
      clientSecret: { vault, secretName: 'S' },
      databricks: { workspace, accessToken: { vault, secretName: 'A-Token' } },
    })
    const keys = exclusionKeysOf(request)
    expect(keys).toEqual([
      'principal/etl',
      'secret/kv-etl-prod.vault.azure.net/a-token',
      'secret/kv-etl-prod.vault.azure.net/s',
    ])
    expect(keys).toEqual([...keys].sort())
  })

  it('asks to adopt only when it says so', () => {
    const clientId = '11111111-2222-3333-4444-555566667777'
    expect(asksToAdopt(parseOnboardingRequest(minimal))).toBe(false)
    expect(
      asksToAdopt(
        parseOnboardingRequest({
          ...minimal,
          servicePrincipal: { ...minimal.servicePrincipal, clientId, adopt: true },
        }),
      ),
    ).toBe(true)
    expect(
      asksToAdopt(
        parseOnboardingRequest({ ...minimal, databricks: { workspace, servicePrincipalId: '12', adopt: true } }),
      ),
    ).toBe(true)
    const adopted = { ...accessToken, tokenId: '0123456789abcdef', adopt: true }
    expect(asksToAdopt(parseOnboardingRequest({ ...minimal, databricks: { workspace, accessToken } }))).toBe(false)
    expect(asksToAdopt(parseOnboardingRequest({ ...minimal, databricks: { workspace, accessToken: adopted } }))).toBe(
      true,
    )
  })
})
