import { viewOnboarding } from '../../onboarding/view.ts'
import { endpoint } from './endpoint.ts'
import { readCount } from './query.ts'

const DEFAULT_LIMIT = 50
const MAX_LIMIT = 200

/** `GET /onboardings?limit=`: the newest first. */
export const listOnboardings = endpoint('list-onboardings', ['limit'], async ({ app, query }) => {
  const limit = readCount(query, 'limit', { absent: DEFAULT_LIMIT, max: MAX_LIMIT })
  const records = await app.onboardings.list(limit)
  return { status: 200, body: { onboardings: records.map((record) => viewOnboarding(record, app.settings.tenantId)) } }
})
