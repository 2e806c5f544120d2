import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isWrite } from '../../local/inspection.ts'
import { type ApiAnswer, createPipeline } from '../../local/pipeline.ts'
import { type Stack, startStack } from '../../local/stack.ts'
import { type HttpFunctionName, ROLES, type Role } from '../../src/trust/access.ts'
import { createRequest, VAULT } from '../support/onboarding-request.ts'

interface ProblemBody {
  readonly code: string
  readonly detail: string
}

/** A call of each function that gets past everything but the caller's role, what it answers then, and the role it needs. */
const CALLS: Readonly<Record<HttpFunctionName, readonly [string, string, unknown, number, Role | 'open']>> = {
  health: ['GET', '/api/health', undefined, 200, 'open'],
  'plan-or-start-onboarding': [
    'POST',
    '/api/onboardings?dryRun=true',
    createRequest('reached'),
    200,
    'Steward.Operator',
  ],
  'list-onboardings': ['GET', '/api/onboardings', undefined, 200, 'Steward.Reader'],
  'get-onboarding': ['GET', '/api/onboardings/nothing', undefined, 404, 'Steward.Reader'],
  'run-onboarding-step': ['POST', '/api/onboarding-steps/coffee', createRequest('reached'), 404, 'Steward.Operator'],
  'plan-or-start-offboarding': [
    'POST',
    '/api/offboardings?dryRun=true',
    createRequest('reached'),
    200,
    'Steward.Admin',
  ],
  'list-access': ['GET', '/api/access?workspace=nowhere', undefined, 403, 'Steward.Reader'],
  'list-credentials': ['GET', '/api/credentials', undefined, 200, 'Steward.Reader'],
  'get-credential': ['GET', '/api/credentials/kv-team/nothing', undefined, 404, 'Steward.Reader'],
  'list-credential-history': ['GET', '/api/credentials/kv-team/nothing/history', undefined, 200, 'Steward.Reader'],
  'plan-rotations': ['GET', '/api/rotation-plan', undefined, 200, 'Steward.Reader'],
  'rotate-credential': ['POST', '/api/credentials/kv-team/nothing/rotations', undefined, 404, 'Steward.Operator'],
  'change-credential': ['PATCH', '/api/credentials/kv-team/nothing', { state: 'paused' }, 404, 'Steward.Operator'],
}
const NAMES = Object.keys(CALLS) as HttpFunctionName[]
const GUARDED = NAMES.filter((name) => CALLS[name][4] !== 'open')

/** As any caller from outside does it, with whatever headers it likes. */
async function callAs(
  stack: Stack,
  name: HttpFunctionName,
  headers: Readonly<Record<string, string>> = {},
): Promise<ApiAnswer<ProblemBody>> {
  const [method, path, body] = CALLS[name]
  return createPipeline(stack.baseUrl, '').call<ProblemBody>(method, path, body, headers)
}

const signIn = (...roles: readonly string[]) => ({ 'x-local-sign-in': `alice ${roles.join(',')}` })

function forgePrincipal(role: Role): Record<string, string> {
  const claims = [
    { typ: 'http://schemas.microsoft.com/identity/claims/objectidentifier', val: 'mallory' },
    { typ: 'roles', val: role },
  ]
  return {
    'x-ms-client-principal': Buffer.from(JSON.stringify({ auth_typ: 'aad', claims })).toString('base64'),
    'x-ms-client-principal-id': 'mallory',
    'X-MS-CLIENT-PRINCIPAL-IDP': 'aad',
  }
}

describe('behind the sign-in', () => {
  let stack: Stack
  beforeAll(async () => {
    stack = await startStack({ access: 'entra', hostFlags: ['--poll-max-ms', '100'] })
  })
  afterAll(() => stack.stop())

  describe.each(NAMES)('%s', (name) => {
    const [, , , allowed, needed] = CALLS[name]

    it(needed === 'open' ? 'answers everybody' : 'answers nobody who is not signed in', async () => {
      const { status, body } = await callAs(stack, name)
      if (needed === 'open') expect(status).toBe(allowed)
      else expect([status, body.code]).toEqual([401, 'unauthenticated'])
    })

    it.each([undefined, 'Something.Else', ...ROLES])('judges the role %s', async (role) => {
      const { status, body } = await callAs(stack, name, signIn(...(role === undefined ? [] : [role])))
      const rank = (held: string | undefined): number => (ROLES as readonly (string | undefined)[]).indexOf(held)
      if (needed === 'open' || rank(role) >= rank(needed)) {
        expect(status).toBe(allowed)
      } else {
        expect([status, body.code]).toEqual([403, 'role-missing'])
        expect(body.detail).toContain(needed)
      }
    })
  })

  it('a principal that the caller wrote itself is not believed, in any function', async () => {
    for (const name of GUARDED) {
      expect((await callAs(stack, name, forgePrincipal('Steward.Admin'))).status).toBe(401)
      const weak = { ...forgePrincipal('Steward.Admin'), ...signIn('Something.Else') }
      expect((await callAs(stack, name, weak)).status).toBe(403)
    }
  })

  it('records who asked for an onboarding by object id', async () => {
    const pipeline = createPipeline(stack.baseUrl, '')
    const body = { ...createRequest('asked-by-alice'), clientSecret: undefined, databricks: undefined }
    const { status, headers } = await pipeline.call('POST', '/api/onboardings', body, signIn('Steward.Operator'))
    expect(status).toBe(202)
    const look = () =>
      pipeline
        .call('GET', headers.get('location') ?? '', undefined, signIn('Steward.Reader'))
        .then((answer) => answer.body)
    await expect.poll(look, { timeout: 30_000 }).toMatchObject({
      status: 'succeeded',
      createdBy: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
    })
  })

  describe('adopting', () => {
    it.each([
      ['/api/onboardings', 202],
      ['/api/onboardings?dryRun=true', 404],
      ['/api/onboarding-steps/application', 404],
    ])('needs the Admin role: %s', async (path, withRole) => {
      // One onboarding at a time for each application: the calls must not meet.
      const clientId = `99999999-9999-9999-9999-9999999999${path.length}`
      const servicePrincipal = { kind: 'entra', displayName: 'x', clientId, adopt: true }
      const request = { name: `adopting-${path.length}`, servicePrincipal }
      const pipeline = createPipeline(stack.baseUrl, '')
      const before = (await stack.control.requests()).at(-1)?.seq ?? 0
      const refused = await pipeline.call<ProblemBody>('POST', path, request, signIn('Steward.Operator'))
      expect([refused.status, refused.body.code]).toEqual([403, 'role-missing'])
      expect(refused.body.detail).toMatch(/Adopting needs the app role Steward\.Admin/)
      expect((await stack.control.requests(before)).filter(isWrite)).toEqual([])
      // With the role it goes on, to what it finds there.
      const allowed = await pipeline.call<ProblemBody>('POST', path, request, signIn('Steward.Admin'))
      expect(allowed.status).toBe(withRole)
    })

    it('needs the Admin role for a token, too', async () => {
      const request = createRequest('adopting-a-token')
      const accessToken = { vault: VAULT, secretName: 'theirs', tokenId: '0123456789abcdef', adopt: true }
      const body = { ...request, databricks: { ...request.databricks, accessToken } }
      const plan = (role: Role) =>
        createPipeline(stack.baseUrl, '').call<ProblemBody>('POST', '/api/onboardings?dryRun=true', body, signIn(role))
      const refused = await plan('Steward.Operator')
      expect([refused.status, refused.body.code]).toEqual([403, 'role-missing'])
      expect(refused.body.detail).toMatch(/Adopting needs the app role Steward\.Admin/)
      expect((await plan('Steward.Admin')).status).toBe(200)
    })
  })

  describe('what an Operator may do to a credential in part only', () => {
    const path = '/api/credentials/kv-team/nothing'
    it.each<[string, string, string, unknown, RegExp]>([
      ['taking over a secret', 'POST', `${path}/rotations`, { takeOver: true }, /^Taking over needs .*Steward\.Admin/],
      ['another policy', 'PATCH', path, { policy: { graceHours: 24 } }, /^Changing the policy needs .*Steward\.Admin/],
      ['a policy with a state', 'PATCH', path, { state: 'paused', policy: {} }, /^Changing the policy needs .*Admin/],
    ])('needs the Admin role: %s', async (_what, method, url, body, detail) => {
      const call = (role: Role) => createPipeline(stack.baseUrl, '').call<ProblemBody>(method, url, body, signIn(role))
      const before = (await stack.control.requests()).at(-1)?.seq ?? 0
      const refused = await call('Steward.Operator')
      expect([refused.status, refused.body.code]).toEqual([403, 'role-missing'])
      expect(refused.body.detail).toMatch(detail)
      expect(await stack.control.requests(before)).toEqual([])
      // With the role it goes on, to what it finds there.
      const allowed = await call('Steward.Admin')
      expect([allowed.status, allowed.body.code]).toEqual([404, 'not-found'])
    })

    it.each<[string, string, string, unknown]>([
      ['a rotation with another grace', 'POST', `${path}/rotations`, { graceHours: 0, takeOver: false }],
      ['resuming', 'PATCH', path, { state: 'active' }],
    ])('does not need it: %s', async (_what, method, url, body) => {
      const pipeline = createPipeline(stack.baseUrl, '')
      const { status } = await pipeline.call(method, url, body, signIn('Steward.Operator'))
      expect(status).toBe(404)
    })
  })
})

describe('while the platform does not say that authentication is on', () => {
  let stack: Stack
  beforeAll(async () => {
    // The app is told that there is a sign-in; the host in front of it has none.
    stack = await startStack({ access: 'keys', settings: { STEWARD_ACCESS: 'entra' } })
  })
  afterAll(() => stack.stop())

  it.each(GUARDED)('%s answers 503, whoever calls', async (name) => {
    for (const headers of [{}, forgePrincipal('Steward.Admin'), { 'x-functions-key': 'local-master-key' }]) {
      const { status, body } = await callAs(stack, name, headers)
      expect([status, body.code]).toEqual([503, 'configuration-invalid'])
      expect(body.detail).toContain('WEBSITE_AUTH_ENABLED')
    }
  })

  it('health is not ready, and only the log says why', async () => {
    const { status, body } = await callAs(stack, 'health')
    expect([status, body]).toEqual([503, { status: 'not-ready' }])
    expect(
      stack
        .output()
        .filter((line) => line.includes('"not-ready"'))
        .join('\n'),
    ).toContain('WEBSITE_AUTH_ENABLED')
  })
})

describe('with function keys', () => {
  let stack: Stack
  beforeAll(async () => {
    stack = await startStack()
  })
  afterAll(() => stack.stop())

  it.each(GUARDED)('%s answers nobody without the right key', async (name) => {
    for (const headers of [{}, { 'x-functions-key': 'wrong' }, forgePrincipal('Steward.Admin'), signIn(...ROLES)]) {
      const { status, body } = await callAs(stack, name, headers)
      expect([status, body]).toEqual([401, null])
    }
  })

  it('health answers everybody', async () => {
    const { status, body } = await callAs(stack, 'health')
    expect([status, body]).toEqual([200, { status: 'ready' }])
  })
})
