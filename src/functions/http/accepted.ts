import type { OnboardingRecord } from '../../onboarding/record.ts'
import { viewOnboarding } from '../../onboarding/view.ts'
import type { Answer } from './answer.ts'
import type { Call } from './endpoint.ts'

const POLL_SECONDS = 2

/** 202: where to look for how it goes, and how soon. The location is absolute, on the host name that the caller used. */
export function accepted({ request, app }: Pick<Call, 'request' | 'app'>, record: OnboardingRecord): Answer {
  // A stored time that is none must not hide that the call was accepted.
  const dueAt = record.nextAttemptAt?.getTime() ?? Number.NaN
  const nextAttemptAt = Number.isNaN(dueAt) ? null : record.nextAttemptAt
  const waitMs = nextAttemptAt ? dueAt - app.time.now() : 0
  const { origin, pathname } = new URL(request.url)
  const prefix = pathname.slice(0, pathname.search(/\/(onboardings|onboarding-steps|offboardings)(\/|$)/i))
  return {
    status: 202,
    headers: {
      location: `${origin}${prefix}/onboardings/${record.onboardingId}`,
      'retry-after': String(Math.max(POLL_SECONDS, Math.ceil(waitMs / 1000))),
    },
    body: viewOnboarding({ ...record, nextAttemptAt }, app.settings.tenantId),
  }
}
