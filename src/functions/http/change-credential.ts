import { parseCredentialChange } from '../../rotation/change.ts'
import { requireRole } from '../../trust/access.ts'
import { readRef } from './credential-ref.ts'
import { endpoint } from './endpoint.ts'
import { readJson } from './read-request.ts'

/** `PATCH /credentials/{vault}/{secret}`: pause, resume, or, for an Admin, another policy. */
export const changeCredential = endpoint('change-credential', [], async (call) => {
  const { request, app, caller, correlationId } = call
  const change = parseCredentialChange(await readJson(request))
  if (change.policy) requireRole(caller, 'Steward.Admin', 'Changing the policy')
  const ref = readRef(call)
  await app.rotation.change(ref, change, { who: caller.name, correlationId })
  return { status: 200, body: await app.rotation.get(ref) }
})
