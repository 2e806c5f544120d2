import type { Fault } from './faults.ts'
import type { CloudResponse } from './service.ts'

const MESSAGE = 'injected by the local cloud'

const CODES: Readonly<Record<number, { readonly camel: string; readonly snake: string }>> = {
  429: { camel: 'TooManyRequests', snake: 'REQUEST_LIMIT_EXCEEDED' },
  500: { camel: 'InternalServerError', snake: 'INTERNAL_ERROR' },
  503: { camel: 'ServiceUnavailable', snake: 'TEMPORARILY_UNAVAILABLE' },
}

/** What a service says with this status, unless the fault brings a body of its own. */
export function createFaultAnswer(service: string, fault: Fault): CloudResponse {
  const { status = 503, retryAfterSeconds, headers = {}, body } = fault
  const retryAfter = retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) }
  return { status, headers: { ...retryAfter, ...headers }, body: body ?? createBody(service, status) }
}

function createBody(service: string, status: number): unknown {
  const { camel, snake } = CODES[status] ?? { camel: 'InjectedFault', snake: 'INJECTED_FAULT' }
  switch (service) {
    case 'databricks':
      return { error_code: snake, message: MESSAGE }
    case 'entra':
      return { error: 'temporarily_unavailable', error_description: MESSAGE }
    case 'identity':
      return { statusCode: status, message: MESSAGE }
    default:
      return { error: { code: camel, message: MESSAGE } }
  }
}
