import type { ApiError } from '../json-api.ts'

const MISSING: ReadonlySet<string> = new Set(['ResourceNotFound', 'ResourceGroupNotFound', 'SubscriptionNotFound'])

/** Whether Resource Manager itself, not something in front of it, says that the resource, or what it is in, is not there. */
export function isMissing({ status, code }: ApiError): boolean {
  return status === 404 && code !== null && MISSING.has(code)
}
