import type { OnboardingRecord } from '../../onboarding/record.ts'
import { viewOnboarding } from '../../onboarding/view.ts'
import type { Answer } from './answer.ts'
import type { Call } from './endpoint.ts'

const POLL_SECONDS = 2

/** 202: where to look for how it goes, and how soon. The location is absolute, on the host name that the caller used. */
export function accepted({ request, app }: Pick<Call, 'request' | 'app'>, record: OnboardingRecord): Answer {
  const waitMs = record.nextAttemptAt ? record.nextAttemptAt.getTime() - app.time.now() : 0
  const { origin, pathname } = new URL(request.url)
  const prefix = pathname.slice(0, pathname.search(/\/onboarding(s|-steps)(\/|$)/))
  return {
    status: 202,
    headers: {
      location: `${origin}${prefix}/onboardings/${record.onboardingId}`,
      'retry-after': String(Math.max(POLL_SECONDS, Math.ceil(waitMs / 1000))),
    },
    body: viewOnboarding(record, app.settings.tenantId),
  }
}
