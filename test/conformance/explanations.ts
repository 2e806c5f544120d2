import type { RecordedExchange } from '../../local/cloud/request-log.ts'
import { isObject } from './compare.ts'
import type { Fixture, Target } from './fixtures/fixture.ts'
import { FIXTURE_NOW } from './fixtures/presuppose-tokens.ts'
import type { TokenTarget } from './fixtures/token-target.ts'
import type { Explanation } from './verdict.ts'

/** A replayed fixture, as far as an explanation looks at it. */
export interface ReplayedFixture {
  readonly fixture: Fixture
  readonly target: Target | TokenTarget
  /** Client id of whoever sent the request. */
  readonly caller: string
}

/** Texts of failures that unit tests made up to see how the provider bears them; no request provokes them. */
const MADE_UP_FAILURES = [
  'Internal error happened',
  'Something',
  'cannot find group',
  'cannot find service principal',
  'nope',
  'Token does not exist',
]

const isTaken = (status: unknown): boolean => Number(status) >= 200 && Number(status) < 300

/** Texts of a "not found" that unit tests made up; the refusal itself is real. */
const MADE_UP_NOT_FOUND = ['Item not found', 'Token does not exist', 'RESOURCE_DOES_NOT_EXIST secret not found']

/** Whether a token that a fixture shows is over when it is shown. */
function isExpired(info: unknown): boolean {
  return isObject(info) && Number(info['expiry_time'] ?? -1) >= 0 && Number(info['expiry_time']) <= FIXTURE_NOW
}

/** Every known difference between the recorded fixtures and the pretend workspace. */
export const fixtureExplanations: readonly Explanation<ReplayedFixture>[] = [
  {
    reason: 'made-up-failure',
    why: 'The unit test makes up a failure (400, 417 or 500) to see how the provider bears it; the request is a good one.',
    explains: ({ fixture: { status, response } }, { at, got }) =>
      at === 'status' &&
      isTaken(got) &&
      (MADE_UP_FAILURES.includes(String(response?.['message'])) || (status === 500 && response === null)),
  },
  {
    reason: 'account-refusal',
    why: 'The unit test lets the workspace answer what only the SCIM of an account answers.',
    explains: ({ fixture: { response } }, { at, got }) =>
      at === 'status' &&
      isTaken(got) &&
      response?.['detail'] === 'entitlements can only be managed at the workspace level',
  },
  {
    reason: 'made-up-text',
    why: "Status and kind of the refusal agree; its text is the unit test's own.",
    explains: ({ fixture: { response } }, { at }) =>
      at === 'message' && MADE_UP_NOT_FOUND.includes(String(response?.['message'])),
  },
  {
    reason: 'default-status',
    why: "The provider's test server answers 200 wherever a test names no status; the service answers 201 to POST and 204 to DELETE.",
    explains: ({ fixture: { method } }, { at, expected, got }) =>
      at === 'status' && expected === 200 && got === { POST: 201, DELETE: 204 }[method],
  },
  {
    reason: 'zero-value',
    why: 'Go writes `active: false` where a test sets nothing; whoever was just made active, or calls, is active.',
    explains: ({ fixture: { method }, target: { kind } }, { at, expected, got }) =>
      at === 'active' && expected === false && got === true && (kind === 'Me' || method === 'POST'),
  },
  {
    reason: 'not-projected',
    why: "The provider's test server answers fields that the query did not ask for; the service leaves them out.",
    explains: ({ target: { query } }, { at, got }) => {
      const asked = query.get('attributes')?.split(',')
      const [field = ''] = at.split(/[.[]/)
      return got === undefined && asked !== undefined && field !== 'id' && !asked.includes(field)
    },
  },
  {
    reason: 'all-users',
    why: 'The group of all users holds every principal; the unit test left it out.',
    explains: (_, { at, expected, got }) =>
      expected === undefined && /groups\[[^\]]*\]$/.test(at) && (got as { display?: string }).display === 'users',
  },
  {
    reason: 'caller-is-listed',
    why: "A list without a filter shows the caller's own principal, too; the unit test has none.",
    explains: ({ caller, target: { query } }, { at, expected, got }) =>
      expected === undefined &&
      !query.has('filter') &&
      /^Resources\[[^\]]*\]$/.test(at) &&
      (got as { applicationId?: string }).applicationId === caller,
  },
  {
    reason: 'caller-name',
    why: 'The caller is another one than in the unit test, and so is its user name: here the managed identity.',
    explains: ({ caller, target: { kind } }, { at, got }) => kind === 'Me' && at === 'userName' && got === caller,
  },
  {
    reason: 'expired-token',
    why: 'The unit test shows a token that has expired; the service lists it no more, and finds it no more.',
    explains: ({ fixture: { response } }, { at, expected, got }) =>
      at === 'status'
        ? isExpired(response?.['token_info']) && got === 404
        : at.startsWith('token_infos[') && isExpired(expected) && got === undefined,
  },
  {
    reason: 'two-years',
    why: 'The unit test gets a token without an end when it asks for no lifetime; the service gives it two years.',
    explains: ({ fixture: { expectedRequest } }, { at, expected }) =>
      at === 'token_info.expiry_time' && expected === -1 && expectedRequest?.['lifetime_seconds'] === undefined,
  },
  {
    reason: 'no-token-for-others',
    why: 'The unit test creates a token on behalf of a principal, as can be done on other clouds; on Azure the service refuses.',
    explains: ({ target: { kind } }, { at, got }) => kind === 'OnBehalfTokens' && (at !== 'status' || got === 400),
  },
  {
    reason: 'tokens-are-managed-by-admins',
    why: 'The unit test lets a person manage all tokens, a level that is not described; the service leaves it to the admins.',
    explains: ({ target: { kind } }, { at, got }) => kind === 'TokenPermissions' && at === 'status' && got === 400,
  },
]

/** What Databricks' refusals say: SCIM's fields, and the code of its other APIs and of its gateway. */
const REFUSAL_FIELDS = ['schemas', 'status', 'scimType', 'detail', 'error_code']

/** What every resource of Azure says of itself. */
const RESOURCE_FIELDS = ['id', 'name', 'type', 'location', 'tags']

/** Name of a property that a description does not have, as the validator tells it. */
function readUndescribed(expected: unknown): string | undefined {
  return /"unevaluatedProperty":"(?<name>[^"]+)"/.exec(String(expected))?.groups?.['name']
}

/** Every known difference between the services' descriptions and what crosses the pretend Azure. */
export const specExplanations: readonly Explanation<RecordedExchange>[] = [
  {
    reason: 'odata-bind',
    why: 'The description of Graph was made from its entity model, which leaves out the binding of references (`owners@odata.bind`) that OData adds to it.',
    explains: ({ service, method }, { at, expected }) =>
      service === 'graph' &&
      method === 'POST' &&
      at === 'request body' &&
      String(expected).includes('{"additionalProperty":"owners@odata.bind"}'),
  },
  {
    reason: 'inner-error',
    why: 'The description of Graph shortens refusals; the service adds `innerError` with the ids of the request.',
    explains: ({ service, status }, { at, expected }) =>
      service === 'graph' &&
      status >= 400 &&
      at === 'response body/error' &&
      readUndescribed(expected) === 'innerError',
  },
  {
    reason: 'sdk-refusals',
    why: "The description of Databricks has one made-up form for refusals; SCIM's, which fixtures have, and the gateway's are others.",
    explains: ({ service, status }, { at, expected }) =>
      service === 'databricks' &&
      status >= 400 &&
      at === 'response body' &&
      REFUSAL_FIELDS.includes(readUndescribed(expected) ?? ''),
  },
  {
    reason: 'sdk-references',
    why: 'The SDK that the description of Databricks was made from drops the `$ref` of groups and members, which fixtures have.',
    explains: ({ service }, { at, expected }) =>
      service === 'databricks' && /\/(?:groups|members)\/\d+$/.test(at) && readUndescribed(expected) === '$ref',
  },
  {
    reason: 'success-is-200',
    why: 'The description of Databricks was made from an SDK, which takes every success as 200; the service answers 201 to POST and 204 to DELETE.',
    explains: ({ service, method }, { at, got }) =>
      service === 'databricks' && at === 'status' && got === { POST: 201, DELETE: 204 }[method],
  },
  {
    reason: 'answer-left-out',
    why: 'The SDK that the description of Databricks was made from drops the answer to PATCH and PUT; the service sends the resource, as SCIM has it.',
    explains: ({ service, method, status }, { at, expected }) =>
      service === 'databricks' &&
      (method === 'PATCH' || method === 'PUT') &&
      status === 200 &&
      at === 'response body' &&
      expected === 'none',
  },
  {
    reason: 'empty-object',
    why: 'The SDK that the description of Databricks was made from drops the empty object that the service answers where there is nothing to say.',
    explains: ({ service, status }, { at, expected, got }) =>
      service === 'databricks' && status === 200 && at === 'response body' && expected === 'none' && got === '{}',
  },
  {
    reason: 'foreign-types',
    why: "The description of Databricks calls a string what the SDK borrows from another of its services: a job's cluster is described with clusters.",
    explains: ({ service }, { at, expected }) =>
      service === 'databricks' && at.endsWith('/new_cluster') && String(expected).includes('{"type":"string"}'),
  },
  {
    reason: 'admins-manage-tokens',
    why: 'The description of Databricks names the one level on tokens that can be given; the admins have another, which fixtures have.',
    explains: ({ service, url }, { at, got }) =>
      service === 'databricks' &&
      new URL(url).pathname === '/api/2.0/permissions/authorization/tokens' &&
      at.endsWith('/permission_level') &&
      got === 'CAN_MANAGE',
  },
  {
    reason: 'null-next-link',
    why: 'Key Vault ends a list with `nextLink: null`, which its description forgets to allow.',
    explains: ({ service }, { at, got }) => service === 'keyvault' && at === 'response body/nextLink' && got === null,
  },
  {
    reason: 'null-properties',
    why: 'Resource Manager writes null where a role assignment or definition has nothing, which its description forgets to allow.',
    explains: ({ service }, { at, expected, got }) =>
      service === 'arm' &&
      /^response body(?:\/value\/\d+)?\/properties\/\w+$/.test(at) &&
      String(expected).startsWith('must be string') &&
      got === null,
  },
  {
    reason: 'closed-resource',
    why: 'The description of registries forbids properties beside its own, and with that those of every resource, from which it derives them.',
    explains: ({ service, url }, { at, expected }) =>
      service === 'arm' &&
      new URL(url).pathname.includes('/registries/') &&
      at === 'response body' &&
      RESOURCE_FIELDS.some((field) => String(expected).includes(`{"additionalProperty":"${field}"}`)),
  },
]

/** What the descriptions at hand do not cover. */
export interface WithoutDescription {
  readonly what: string
  readonly why: string
  covers(exchange: Pick<RecordedExchange, 'service' | 'url'>): boolean
}

export const withoutDescription: readonly WithoutDescription[] = [
  {
    what: 'sign-in',
    why: "Entra ID's token endpoint is described by standards, not by an API description.",
    covers: ({ service }) => service === 'entra',
  },
  {
    what: 'managed identity',
    why: "The platform's token endpoint has no published description.",
    covers: ({ service }) => service === 'identity',
  },
  {
    what: 'sign-in with Databricks',
    why: "A workspace's own token endpoint is described by standards, not by an API description.",
    covers: ({ service, url }) => service === 'databricks' && new URL(url).pathname.startsWith('/oidc/'),
  },
  {
    what: 'workspace tree',
    why: 'The description of Databricks at hand leaves out notebooks and directories.',
    covers: ({ service, url }) => service === 'databricks' && new URL(url).pathname.startsWith('/api/2.0/workspace/'),
  },
  {
    what: 'settings of a workspace',
    why: 'The description of Databricks at hand leaves out `workspace-conf`.',
    covers: ({ service, url }) => service === 'databricks' && new URL(url).pathname === '/api/2.0/workspace-conf',
  },
  {
    what: 'changing and deleting jobs',
    why: 'The description of Databricks at hand leaves out what an SDK has no answer to.',
    covers: ({ service, url }) =>
      service === 'databricks' && /^\/api\/2\.2\/jobs\/(?:update|reset|delete)$/.test(new URL(url).pathname),
  },
  {
    what: 'owners of an application',
    why: "The subset of Graph's description at hand leaves out reading them.",
    covers: ({ service, url }) =>
      service === 'graph' && /^\/v1\.0\/applications\/[0-9a-f-]{36}\/owners$/.test(new URL(url).pathname),
  },
  {
    what: 'deleted applications and service principals',
    why: "The subset of Graph's description at hand leaves out `directory/deletedItems`.",
    covers: ({ service, url }) =>
      service === 'graph' && new URL(url).pathname.startsWith('/v1.0/directory/deletedItems/'),
  },
  {
    what: 'vaults and Databricks workspaces as resources',
    why: 'The descriptions at hand leave out what Resource Manager tells of them.',
    covers: ({ service, url }) =>
      service === 'arm' &&
      /\/providers\/Microsoft\.(?:KeyVault\/vaults|Databricks\/workspaces)\/[^/]+$/i.test(new URL(url).pathname),
  },
]
