import type { HttpAnswer } from '../../platform/http/message.ts'
import { parseErrorBody } from '../error-body.ts'
import type { ApiError } from '../json-api.ts'

/** Two changes of one directory object at once; Graph made neither worse, one has to be sent again. */
export const CONCURRENT_CHANGE = 'Directory_ConcurrencyViolation'

/** https://learn.microsoft.com/graph/errors */
export function parseGraphError(answer: HttpAnswer): ApiError {
  const error = parseErrorBody(answer)
  return { ...error, isTransient: error.code === CONCURRENT_CHANGE }
}

/** Whether Graph itself, not something in front of it, says that what the path names is not there. */
export function isMissing({ status, code }: ApiError): boolean {
  return status === 404 && code === 'Request_ResourceNotFound'
}

/** Whether the refusal says that another object has the same unique key; other conflicts say nothing of the kind. */
export function isTaken({ code }: ApiError): boolean {
  return code === 'Request_MultipleObjectsWithSameKeyValue'
}

/** How Graph says that a replica has not heard of an application that was just created. */
const NOT_REPLICATED: readonly { status: number; code?: string; text: RegExp }[] = [
  { status: 400, text: /The appId '.+' of the service principal does not reference a valid application object/ },
  // Misleading: the application is in this tenant, the replica just does not know yet.
  { status: 403, text: /backing application of the service principal being created must in the local tenant/ },
  { status: 404, code: 'Request_ResourceNotFound', text: /(?:)/ },
]

/** Whether the refusal goes away by itself once the application has reached every replica. */
export function isApplicationNotReplicated(error: ApiError): boolean {
  return NOT_REPLICATED.some(
    ({ status, code, text }) =>
      error.status === status && (code === undefined || error.code === code) && text.test(error.message),
  )
}
