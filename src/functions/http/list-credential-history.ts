import { readRef } from './credential-ref.ts'
import { endpoint } from './endpoint.ts'
import { readCount } from './query.ts'

const DEFAULT_LIMIT = 50
const MAX_LIMIT = 500

/** `GET /credentials/{vault}/{secret}/history?limit=`: what was done to it, when, why and for whom; the newest first. */
export const listCredentialHistory = endpoint('list-credential-history', ['limit'], async (call) => {
  const limit = readCount(call.query, 'limit', { absent: DEFAULT_LIMIT, max: MAX_LIMIT })
  return { status: 200, body: { history: await call.app.rotation.history(readRef(call), limit) } }
})
