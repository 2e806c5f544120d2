import { resolveRef } from '../../rotation/find.ts'
import type { CredentialRef } from '../../rotation/status.ts'
import type { Call } from './endpoint.ts'

/** The credential that the route names. Throws `not-found`. */
export function readRef({ request, app }: Pick<Call, 'request' | 'app'>): CredentialRef {
  return resolveRef(app.settings.config, request.params['vault'] ?? '', request.params['secret'] ?? '')
}
