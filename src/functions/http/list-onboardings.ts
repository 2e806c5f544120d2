import { viewOnboarding } from '../../onboarding/view.ts'
import { StewardError } from '../../platform/errors.ts'
import { endpoint } from './endpoint.ts'

const DEFAULT_LIMIT = 50
const MAX_LIMIT = 200

/** `GET /onboardings?limit=`: the newest first. */
export const listOnboardings = endpoint('list-onboardings', async ({ request, app }) => {
  const limit = Number(request.query.get('limit') ?? DEFAULT_LIMIT)
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT) {
    throw new StewardError('invalid-request', 'The query is not valid.', {
      issues: [{ path: 'limit', message: `must be a whole number from 1 to ${MAX_LIMIT}` }],
    })
  }
  const records = await app.onboardings.list(limit)
  return { status: 200, body: { onboardings: records.map((record) => viewOnboarding(record, app.settings.tenantId)) } }
})
