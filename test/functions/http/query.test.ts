import { HttpRequest } from '@azure/functions'
import { describe, expect, it } from 'vitest'
import { readCount, readFlag, readQuery } from '../../../src/functions/http/query.ts'
import type { StewardError } from '../../../src/platform/errors.ts'

function query(values: Record<string, string>, known: readonly ('dryRun' | 'limit')[] = ['dryRun', 'limit']) {
  return readQuery(new HttpRequest({ method: 'GET', url: 'https://host/api/onboardings', query: values }), known)
}

/** Which parameters are wrong. */
function refusedIn(read: () => unknown): string[] {
  try {
    read()
    return []
  } catch (error) {
    return (error as StewardError).issues.map(({ path }) => path)
  }
}

describe('the query', () => {
  it('is what was sent of what is known', () => {
    expect(query({ dryRun: 'true' })).toEqual({ dryRun: 'true' })
    expect(query({ code: 'a-function-key' }, [])).toEqual({})
  })

  it('is refused for every name that is not known, as it is spelt', () => {
    expect(refusedIn(() => query({ dryrun: 'true', limit: '1', tyop: '' }))).toEqual(['dryrun', 'tyop'])
    expect(refusedIn(() => query({ limit: '1' }, []))).toEqual(['limit'])
  })
})

describe('a yes or no', () => {
  it.each([
    ['true', true],
    ['True', true],
    ['FALSE', false],
    [undefined, false],
  ])('%s', (text, expected) => {
    expect(readFlag(query(text === undefined ? {} : { dryRun: text }), 'dryRun')).toBe(expected)
  })

  it.each(['', '1', 'yes', 'true,true', ' true'])('is not "%s"', (dryRun) => {
    expect(refusedIn(() => readFlag(query({ dryRun }), 'dryRun'))).toEqual(['dryRun'])
  })
})

describe('a number', () => {
  const read = (limit?: string) =>
    readCount(query(limit === undefined ? {} : { limit }), 'limit', { absent: 50, max: 200 })

  it('is from 1 to the most, or what it is without', () => {
    expect([read(), read('1'), read('200')]).toEqual([50, 1, 200])
  })

  it.each(['', '0', '201', '-1', '1.5', '1e2', '0x10', 'ten', '1,2', '99999999999999999999'])(
    'is not "%s"',
    (limit) => {
      expect(refusedIn(() => read(limit))).toEqual(['limit'])
    },
  )
})
