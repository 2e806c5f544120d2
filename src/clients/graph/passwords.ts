import { z } from 'zod'
import { Secret } from '../../platform/secret.ts'
import { idText, isoDate } from '../answer.ts'
import type { JsonApi } from '../json-api.ts'
import { CONCURRENT_CHANGE, isMissing } from './errors.ts'
import { GRAPH_RIGHTS } from './rights.ts'

/** A client secret at the one moment at which Graph shows it. */
interface AddedPassword {
  readonly keyId: string
  readonly secret: Secret
  readonly endsAt: Date
}

export interface PasswordCalls {
  addPassword(
    applicationObjectId: string,
    wish: { displayName: string; endsAt: Date },
  ): Promise<AddedPassword | 'application-not-replicated' | 'concurrent-change'>
  removePassword(applicationObjectId: string, keyId: string): Promise<'removed' | 'already-gone'>
}

const addedAnswer = z
  .object({ keyId: idText, secretText: z.string().min(1).max(4096), endDateTime: isoDate })
  .transform(
    ({ keyId, secretText, endDateTime }): AddedPassword => ({
      keyId,
      secret: new Secret(secretText),
      endsAt: endDateTime,
    }),
  )

/** Calls on an application's client secrets. All throw `upstream-denied`, `upstream-rejected` and what `HttpClient.send` throws. */
export function passwordCalls(graph: JsonApi): PasswordCalls {
  const actionPath = (applicationObjectId: string, action: string): string =>
    `/v1.0/applications/${encodeURIComponent(applicationObjectId)}/${action}`

  return {
    /**
     * https://learn.microsoft.com/graph/api/application-addpassword; right: `changePasswords`. Each call adds one. The
     * new secret works everywhere only after some seconds. Also throws `outcome-unknown`.
     */
    addPassword: async (applicationObjectId, { displayName, endsAt }) => {
      const call = {
        method: 'POST',
        path: actionPath(applicationObjectId, 'addPassword'),
        body: { passwordCredential: { displayName, endDateTime: endsAt.toISOString() } },
        isRepeatable: false,
        right: GRAPH_RIGHTS.changePasswords,
        answer: addedAnswer,
      } as const
      const outcome = await graph.call(call)
      if (outcome.kind === 'done') return outcome.value
      if (isMissing(outcome.error)) return 'application-not-replicated'
      if (outcome.error.code === CONCURRENT_CHANGE) return 'concurrent-change'
      throw graph.explain(call, outcome.error)
    },

    /** https://learn.microsoft.com/graph/api/application-removepassword; right: `changePasswords`. */
    removePassword: async (applicationObjectId, keyId) => {
      const call = {
        method: 'POST',
        path: actionPath(applicationObjectId, 'removePassword'),
        body: { keyId },
        isRepeatable: true,
        right: GRAPH_RIGHTS.changePasswords,
        answer: z.unknown(),
      } as const
      const outcome = await graph.call(call)
      if (outcome.kind === 'done') return 'removed'
      const { status, message } = outcome.error
      if (isMissing(outcome.error) || (status === 400 && /no password credential found/i.test(message)))
        return 'already-gone'
      throw graph.explain(call, outcome.error)
    },
  }
}
