import { HttpRequest } from '@azure/functions'
import { describe, expect, it } from 'vitest'
import type { App } from '../../../src/compose.ts'
import { accepted } from '../../../src/functions/http/accepted.ts'
import { createRecord, type OnboardingRecord } from '../../../src/onboarding/record.ts'
import { createManualTime } from '../../support/manual-time.ts'

const time = createManualTime()
const app = { time, settings: { tenantId: '7a0c0e5e-1d5b-4b3c-9f53-5a4e6c1b0001' } } as unknown as App

function createAccepted(more: Partial<OnboardingRecord> = {}): OnboardingRecord {
  const request: OnboardingRecord['request'] = {
    name: 'etl-prod',
    servicePrincipal: { kind: 'entra', displayName: 'etl-prod', adopt: false },
  }
  const who = { createdBy: 'key', correlationId: 'build-4711' }
  const fresh = { onboardingId: '17-abc', direction: 'onboarding' as const, request, onlyStep: null, ...who }
  return { ...createRecord(fresh, [], new Date(time.now())), ...more }
}

function answerTo(url: string, record = createAccepted()) {
  return accepted({ request: new HttpRequest({ method: 'POST', url }), app }, record)
}

describe('an accepted onboarding', () => {
  it.each([
    ['https://steward.example.net/api/onboardings', 'https://steward.example.net/api/onboardings/17-abc'],
    ['https://steward.example.net/api/onboardings/?dryRun=false', 'https://steward.example.net/api/onboardings/17-abc'],
    ['http://127.0.0.1:7071/api/onboarding-steps/application', 'http://127.0.0.1:7071/api/onboardings/17-abc'],
    ['https://host/api/Onboardings', 'https://host/api/onboardings/17-abc'],
    ['https://host/api/ONBOARDING-STEPS/application', 'https://host/api/onboardings/17-abc'],
    ['https://host/api/offboardings?dryRun=false', 'https://host/api/onboardings/17-abc'],
    ['https://host/onboardings', 'https://host/onboardings/17-abc'],
    ['https://host/team/onboardings-api/onboardings', 'https://host/team/onboardings-api/onboardings/17-abc'],
  ])('is found where the caller knows its way: %s', (url, location) => {
    expect(answerTo(url)).toMatchObject({
      status: 202,
      headers: { location },
      body: { id: '17-abc', name: 'etl-prod' },
    })
  })

  it.each([
    [null, '2'],
    [-5_000, '2'],
    [1_000, '2'],
    [54_001, '55'],
  ])('is to be looked at again after a while: %s ms', (inMs, seconds) => {
    const nextAttemptAt = inMs === null ? null : new Date(time.now() + inMs)
    const { headers } = answerTo('https://host/api/onboardings', createAccepted({ nextAttemptAt }))
    expect(headers?.['retry-after']).toBe(seconds)
  })

  it('is accepted even when the time of the next attempt is none', () => {
    const record = createAccepted({ nextAttemptAt: new Date(Number.NaN) })
    expect(answerTo('https://host/api/onboardings', record)).toMatchObject({
      headers: { 'retry-after': '2' },
      body: { nextAttemptAt: null },
    })
  })
})
