import { parseRotationRequest } from '../../rotation/change.ts'
import { requireRole } from '../../trust/access.ts'
import { acceptedCredential } from './accepted-credential.ts'
import { readRef } from './credential-ref.ts'
import { endpoint } from './endpoint.ts'
import { readOptionalJson } from './read-request.ts'

/** `POST /credentials/{vault}/{secret}/rotations`: replaces what is current now; asking twice replaces it once. */
export const rotateCredential = endpoint('rotate-credential', [], async (call) => {
  const { request, app, caller, correlationId } = call
  const asked = parseRotationRequest(await readOptionalJson(request))
  if (asked.takeOver) requireRole(caller, 'Steward.Admin', 'Taking over')
  await app.rotation.request(readRef(call), asked, { who: caller.name, correlationId })
  return acceptedCredential(call)
})
