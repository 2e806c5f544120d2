import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isWrite } from '../../local/inspection.ts'
import { createPipeline, type Pipeline } from '../../local/pipeline.ts'
import { type Stack, startStack } from '../../local/stack.ts'
import type { OnboardingView } from '../../src/onboarding/view.ts'
import { createRequest } from '../support/onboarding-request.ts'

let stack: Stack
let pipeline: Pipeline

beforeAll(async () => {
  stack = await startStack({ hostFlags: ['--poll-max-ms', '100'] })
  pipeline = createPipeline(stack.baseUrl)
})
afterAll(() => stack.stop())

interface ProblemBody {
  readonly code: string
  readonly issues?: readonly { readonly path: string; readonly message: string }[]
}

/** Where a call is wrong, having seen that it is refused and leaves nothing behind, not even an onboarding. */
async function refused(
  method: string,
  path: string,
  body?: unknown,
  headers?: Readonly<Record<string, string>>,
): Promise<string[]> {
  const before = (await stack.control.requests()).at(-1)?.seq ?? 0
  const known = await list()
  const answer = await pipeline.call<ProblemBody>(method, path, body, headers)
  expect([answer.status, answer.body.code]).toEqual([400, 'invalid-request'])
  expect((await stack.control.requests(before)).filter(isWrite)).toEqual([])
  expect(await list()).toEqual(known)
  return answer.body.issues?.map((issue) => issue.path) ?? []
}

async function list(): Promise<string[]> {
  const { body } = await pipeline.call<{ onboardings: OnboardingView[] }>('GET', '/api/onboardings')
  return body.onboardings.map(({ id }) => id)
}

describe('a dry run', () => {
  it.each(['dryRun=true', 'dryRun=True', 'dryRun=TRUE', 'code=local-master-key&dryRun=true'])(
    'is one with %s',
    async (query) => {
      const { status, body } = await pipeline.call('POST', `/api/onboardings?${query}`, createRequest('planned'))
      expect([status, body]).toMatchObject([200, { dryRun: true }])
      expect(await list()).toEqual([])
    },
  )

  it.each([
    ['dryRun=1', 'dryRun'],
    ['dryRun=', 'dryRun'],
    ['dryRun=yes', 'dryRun'],
    ['dryRun=true,true', 'dryRun'],
    ['dryRun=true&dryRun=true', 'dryRun'],
    ['dryrun=true', 'dryrun'],
    ['dry-run=true', 'dry-run'],
  ])('is not guessed from %s, and nothing is started', async (query, path) => {
    expect(await refused('POST', `/api/onboardings?${query}`, createRequest('guessed'))).toEqual([path])
  })

  it('is not there for a single step, which then does not run', async () => {
    const path = '/api/onboarding-steps/application?dryRun=true'
    expect(await refused('POST', path, createRequest('single'))).toEqual(['dryRun'])
  })
})

describe('every call', () => {
  it.each([
    ['GET', '/api/onboardings?limit=5&offset=1', 'offset'],
    ['GET', '/api/onboardings?limit=1e1', 'limit'],
    ['GET', '/api/onboardings/17-abc?expand=all', 'expand'],
  ])('refuses a query that it does not know: %s %s', async (method, path, name) => {
    expect(await refused(method, path)).toEqual([name])
  })

  it('has a body of a size that a request may have', async () => {
    const body = { ...createRequest('large'), padding: 'x'.repeat(64 * 1024) }
    expect(await refused('POST', '/api/onboardings', body)).toEqual([''])
  })

  it.each([
    ['empty', ''],
    ['long', 'x'.repeat(256)],
  ])('has an Idempotency-Key that is not %s', async (_what, key) => {
    const headers = { 'idempotency-key': key }
    expect(await refused('POST', '/api/onboardings', createRequest('keyed'), headers)).toEqual(['Idempotency-Key'])
    expect(await refused('POST', '/api/onboarding-steps/application', createRequest('keyed'), headers)).toEqual([
      'Idempotency-Key',
    ])
  })

  it('is told fifty things that are wrong, and how many more there are', async () => {
    const request = createRequest('wrong')
    const groups = Array.from({ length: 40 }, () => '')
    const unknown = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`unknown${index}`, 1]))
    const { body } = await pipeline.call<ProblemBody>('POST', '/api/onboardings', {
      ...request,
      ...unknown,
      databricks: { ...request.databricks, groups },
    })
    expect(body.issues).toHaveLength(50)
    expect(body.issues?.at(-1)?.message).toMatch(/^and \d+ more$/)
  })
})

describe('a path in another letter case', () => {
  it('leads to the same place, and on to where the onboarding is', async () => {
    const request = { ...createRequest('cased'), clientSecret: undefined, databricks: undefined }
    const { status, headers } = await pipeline.call('POST', '/API/Onboardings', request)
    expect(status).toBe(202)
    const location = headers.get('location') ?? ''
    expect(new URL(location).pathname).toMatch(/^\/API\/onboardings\/[\w-]+$/)
    expect((await pipeline.follow(location)).status).toBe('succeeded')
  })
})
