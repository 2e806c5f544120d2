import { readRef } from './credential-ref.ts'
import { endpoint } from './endpoint.ts'

/** `GET /credentials/{vault}/{secret}`: its expiry, when it is due, what Steward would do now, and how the last look ended. */
export const getCredential = endpoint('get-credential', [], async (call) => ({
  status: 200,
  body: await call.app.rotation.get(readRef(call)),
}))
