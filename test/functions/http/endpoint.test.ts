import { HttpRequest, type HttpRequestInit, HttpResponse, type HttpResponseInit } from '@azure/functions'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Answer } from '../../../src/functions/http/answer.ts'
import { type Call, endpoint, ProblemWithExtension } from '../../../src/functions/http/endpoint.ts'
import { type ErrorDetails, StewardError } from '../../../src/platform/errors.ts'
import { createRecordingInvocation, type LoggedLine } from '../recording-invocation.ts'
import { stubSettings } from '../steward-settings.ts'

beforeAll(stubSettings)
afterAll(() => {
  vi.unstubAllEnvs()
})

/** Calls an endpoint as the host does, through the library's own request and response. */
async function callEndpoint(
  handle: (call: Call) => Promise<Answer>,
  init: HttpRequestInit = {},
): Promise<{ response: HttpResponse; body: Record<string, unknown>; lines: readonly LoggedLine[] }> {
  const { invocation, lines } = createRecordingInvocation()
  const request = new HttpRequest({ method: 'POST', url: 'https://steward.example.net/api/onboardings', ...init })
  const answer = (await endpoint('list-onboardings', ['limit'], handle)(request, invocation)) as HttpResponseInit
  const response = new HttpResponse(answer)
  const text = await response.clone().text()
  return { response, body: text === '' ? {} : JSON.parse(text), lines }
}

const throwing = (thrown: unknown) => () => Promise.reject(thrown)
const problem = (details?: ErrorDetails) => new StewardError('upstream-throttled', 'Graph throttles; wait.', details)

describe('an endpoint that fails in a way nobody thought of', () => {
  it.each([new Error('the password is hunter2'), 'hunter2', { password: 'hunter2' }, undefined])(
    'answers 500 without a word of it: %s',
    async (thrown) => {
      const { response, body } = await callEndpoint(throwing(thrown))
      expect(response.status).toBe(500)
      expect(response.headers.get('content-type')).toBe('application/problem+json')
      expect(body).toMatchObject({ type: 'urn:steward:problem:internal', status: 500, code: 'internal' })
      expect(JSON.stringify(body)).not.toContain('hunter2')
      expect(body).not.toHaveProperty('stack')
    },
  )

  it('tells the log what it was, under the id that the caller got', async () => {
    const { response, lines } = await callEndpoint(throwing(new Error('the index is out of joint')))
    expect(lines).toMatchObject([
      {
        level: 'error',
        event: 'http-call-failed',
        function: 'list-onboardings',
        correlationId: response.headers.get('x-correlation-id'),
        error: { message: 'the index is out of joint', stack: expect.stringContaining('endpoint.test.ts') },
      },
    ])
  })
})

describe('an endpoint that refuses', () => {
  it('says what, why and what is wrong where, as RFC 9457 has it', async () => {
    const issues = [{ path: 'databricks.groups[0]', message: 'is not allowed' }]
    const { response, body } = await callEndpoint(throwing(new StewardError('not-allowed', 'Ask less.', { issues })))
    expect(response.status).toBe(403)
    expect(body).toEqual({
      type: 'urn:steward:problem:not-allowed',
      title: 'The configuration does not allow this',
      status: 403,
      code: 'not-allowed',
      detail: 'Ask less.',
      issues,
      correlationId: response.headers.get('x-correlation-id'),
    })
  })

  it.each([
    ['an error of ours as an error', problem(), 'error'],
    ["a caller's mistake as information", new StewardError('not-found', 'It is not there.'), 'information'],
  ])('logs %s, with its code', async (_what, thrown, level) => {
    const { lines } = await callEndpoint(throwing(thrown))
    expect(lines).toMatchObject([{ level, event: 'http-call-failed', code: thrown.code }])
  })

  it.each([
    [1, '1'],
    [1_500, '2'],
    [60_000, '60'],
  ])('passes on how long to wait: %i ms', async (retryAfterMs, header) => {
    expect((await callEndpoint(throwing(problem({ retryAfterMs })))).response.headers.get('retry-after')).toBe(header)
  })

  it('names no time to wait when there is none', async () => {
    expect((await callEndpoint(throwing(problem()))).response.headers.has('retry-after')).toBe(false)
  })

  it('tells fifty things that are wrong at most, and how many more there are', async () => {
    const issuesOf = async (count: number) => {
      const issues = Array.from({ length: count }, (_, index) => ({ path: `groups[${index}]`, message: 'is wrong' }))
      return (await callEndpoint(throwing(new StewardError('invalid-request', 'No.', { issues })))).body['issues']
    }
    expect(await issuesOf(50)).toHaveLength(50)
    const shown = (await issuesOf(51)) as unknown[]
    expect(shown).toHaveLength(50)
    expect(shown.at(-1)).toEqual({ path: '', message: 'and 2 more' })
  })

  it('refuses parameters that it does not know', async () => {
    const { response, body } = await callEndpoint(async () => ({ status: 204 }), { query: { limit: '1', Limit: '2' } })
    expect(response.status).toBe(400)
    expect(body).toMatchObject({ code: 'invalid-request', issues: [{ path: 'Limit' }] })
  })

  it('shows what else belongs to the problem', async () => {
    const thrown = new ProblemWithExtension(new StewardError('not-ours', 'Theirs.'), {
      steps: [{ step: 'application' }],
    })
    const { body, lines } = await callEndpoint(throwing(thrown))
    expect(body).toMatchObject({ status: 409, detail: 'Theirs.', steps: [{ step: 'application' }] })
    expect(lines).toMatchObject([{ event: 'http-call-failed', code: 'not-ours', error: 'Theirs.' }])
  })
})

describe('an endpoint that answers', () => {
  it('gives JSON that nobody may keep', async () => {
    const { response, body, lines } = await callEndpoint(async () => ({
      status: 202,
      headers: { location: 'https://steward.example.net/api/onboardings/1' },
      body: { id: '1' },
    }))
    expect([response.status, body]).toEqual([202, { id: '1' }])
    expect(response.headers.get('content-type')).toBe('application/json')
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(response.headers.get('location')).toBe('https://steward.example.net/api/onboardings/1')
    expect(lines).toEqual([])
  })

  it('gives no body when it has none', async () => {
    const { response } = await callEndpoint(async () => ({ status: 204 }))
    expect([response.status, await response.text()]).toEqual([204, ''])
  })
})

describe('the correlation id', () => {
  const askWith = async (id: string): Promise<{ header: string | null; seen: string }> => {
    let seen = ''
    const { response } = await callEndpoint(
      async ({ correlationId }) => {
        seen = correlationId
        return { status: 200 }
      },
      { headers: { 'x-correlation-id': id } },
    )
    return { header: response.headers.get('x-correlation-id'), seen }
  }

  it.each(['build-4711', 'A_b.c-12', 'x'.repeat(64)])('is the one of the caller: %s', async (id) => {
    expect(await askWith(id)).toEqual({ header: id, seen: id })
  })

  it.each(['short', 'x'.repeat(65), 'with blanks in', '{"event":"forged"}', '<script>alert(1)</script>'])(
    'is our own when that of the caller is not safe to write down: %s',
    async (id) => {
      const { header, seen } = await askWith(id)
      expect(header).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
      expect(seen).toBe(header)
    },
  )
})

describe('the parameters of a call', () => {
  const echo = async ({ query }: Call): Promise<Answer> => ({ status: 200, body: { query } })

  it('are handed on when the endpoint knows them', async () => {
    expect((await callEndpoint(echo, { query: { limit: '7', code: 'a-function-key' } })).body).toEqual({
      query: { limit: '7' },
    })
  })
})
