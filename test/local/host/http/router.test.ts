import { expect, test } from 'vitest'
import { createRouter, decodePath } from '../../../../local/host/http/router.ts'
import { createHttpFunction } from '../http-function.ts'

test('functions of one route are told apart by their methods', () => {
  const router = createRouter(
    [
      createHttpFunction('read', { route: 'jobs', methods: ['GET'] }),
      createHttpFunction('write', { route: 'jobs', methods: ['post'] }),
    ],
    'api',
  )
  expect(router.match('POST', '/api/jobs')?.fn.name).toBe('write')
  expect(router.match('PUT', '/api/jobs')).toBeUndefined()
})

test('a function without route and methods answers GET and POST on its name', () => {
  const router = createRouter([createHttpFunction('ping', {})], 'api')
  expect(router.match('GET', '/api/ping')?.fn.name).toBe('ping')
  expect(router.match('DELETE', '/api/ping')).toBeUndefined()
})

test('of two functions with the same route the first registered answers', () => {
  const router = createRouter(
    [createHttpFunction('one', { route: 'same' }), createHttpFunction('two', { route: 'same' })],
    'api',
  )
  expect(router.match('GET', '/api/same')?.fn.name).toBe('one')
})

test('a path is percent-decoded once, except for a slash', () => {
  expect(decodePath('/a%20b%2Fc+d%C3%BC')).toBe('/a b%2Fc+dü')
  expect(decodePath('/broken%E0')).toBe('/broken%E0')
})
