import { describe, expect, it } from 'vitest'
import type { ApplyContext, PlanContext } from '../../src/onboarding/step.ts'
import { applicationStep } from '../../src/onboarding/steps/application.ts'
import { createManualTime } from '../support/manual-time.ts'

/** A tenant in which the unique name is taken; what is deleted there shows as told. */
async function onboard(deleted: 'denied' | null, { appearsAfter = Number.POSITIVE_INFINITY } = {}): Promise<unknown> {
  let looks = 0
  const made = { objectId: 'o', clientId: 'c', displayName: 'etl', uniqueName: 'u' }
  const context = {
    request: { name: 'etl', servicePrincipal: { kind: 'entra', displayName: 'etl' } },
    owner: { instance: 'prod', name: 'etl' },
    patience: { time: createManualTime(), deadline: Number.POSITIVE_INFINITY },
    services: {
      graph: {
        getApplicationByUniqueName: async () => {
          looks += 1
          return looks > appearsAfter ? made : null
        },
        findDeletedApplication: async () => deleted,
        createApplication: async () => 'already-exists',
      },
      whoAmI: async () => ({ objectId: 'steward', clientId: 'steward-client' }),
    },
    see: () => undefined,
  } as unknown as PlanContext
  const apply = { guard: () => undefined, provide: () => undefined } as unknown as ApplyContext
  const { apply: make } = await applicationStep.plan(context)
  return make(apply).catch((error: unknown) => error)
}

describe('a unique name that is taken by nothing that shows', () => {
  it('is probably of a deleted application, where Steward may not look at those', async () => {
    expect(await onboard('denied')).toMatchObject({
      code: 'upstream-denied',
      retryable: false,
      message: expect.stringMatching(/steward-prod-etl is taken.*Application\.Read\.All.*purge it/s),
    })
  })

  it('may be of one that is just not replicated', async () => {
    const later = { code: 'not-propagated', retryable: true }
    expect(await onboard(null)).toMatchObject(later)
    expect(await onboard('denied', { appearsAfter: 3 })).toMatchObject(later)
  })
})
