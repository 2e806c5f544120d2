import { describe, expect, it } from 'vitest'
import { parseOffboardingRequest } from '../../src/onboarding/offboarding-request.ts'
import type { StewardError } from '../../src/platform/errors.ts'
import { createRequest } from '../support/onboarding-request.ts'

function issuesOf(body: unknown): string[] {
  try {
    parseOffboardingRequest(body)
    return []
  } catch (error) {
    return (error as StewardError).issues.map(({ path }) => path)
  }
}

describe('an offboarding request', () => {
  it("is the onboarding's own, for all that it names", () => {
    expect(parseOffboardingRequest(createRequest('etl')).steps).toEqual([
      'application',
      'client-secret',
      'workspace-principal',
    ])
  })

  it('may pick from what the request names, and nothing else', () => {
    const pick = (...steps: string[]) => ({ ...createRequest('etl'), steps })
    expect(parseOffboardingRequest(pick('client-secret')).steps).toEqual(['client-secret'])
    expect(issuesOf(pick('client-secret', 'job'))).toEqual(['steps[1]'])
    expect(issuesOf(pick('job-run'))).toEqual(['steps[0]'])
    expect(issuesOf(pick())).toEqual(['steps'])
  })
})
