import { z } from 'zod'
import { StewardError } from '../../platform/errors.ts'
import { quote } from '../answer.ts'
import { explainDenial, type Right } from '../right.ts'

/** What all three SDKs throw for an answer, or for having none. */
export interface StorageRefusal {
  readonly status: number | undefined
  readonly code: string
}

const errorShape = z.object({
  statusCode: z.number().optional().catch(undefined),
  code: z.string().optional().catch(undefined),
  message: z.string().catch(''),
  details: z
    .object({
      errorCode: z.string().optional().catch(undefined),
      odataError: z.object({ code: z.string() }).optional().catch(undefined),
    })
    .optional()
    .catch(undefined),
})

/** Blobs and queues have the service's code in `code`, tables in the answer's OData error, their transactions in `code` again. */
export function readRefusal(thrown: unknown): StorageRefusal {
  const { statusCode, code, details } = errorShape.catch({ message: '' }).parse(thrown)
  return { status: statusCode, code: details?.odataError?.code ?? details?.errorCode ?? code ?? '' }
}

const MISSING_PLACE: ReadonlySet<string> = new Set(['TableNotFound', 'QueueNotFound', 'ContainerNotFound'])

/** Whether the table, queue or container itself is missing, not what was looked for in it. */
export function isMissingPlace(thrown: unknown): boolean {
  return MISSING_PLACE.has(readRefusal(thrown).code)
}

/** What a failure means to the operator: `upstream-denied`, `upstream-rejected`, or `upstream-unavailable` for all that time may heal. */
export function explainStorageError(thrown: unknown, right: Right): StewardError {
  if (thrown instanceof StewardError) return thrown
  const { status, code } = readRefusal(thrown)
  const words = errorShape.catch({ message: '' }).parse(thrown).message
  const detail = quote(code === '' ? words : `${code}: ${words}`)
  const data = { status }
  if (status === 401 || status === 403) {
    return explainDenial({ right, identityLabel: "Steward's identity", host: 'AzureWebJobsStorage', status, detail })
  }
  if (status !== undefined && status >= 400 && status < 500 && status !== 408 && status !== 429) {
    return new StewardError('upstream-rejected', `${right.on} refused to ${right.action} (${status}): ${detail}`, {
      data,
    })
  }
  return new StewardError(
    'upstream-unavailable',
    `${right.on} (AzureWebJobsStorage) does not let Steward ${right.action} at the moment: ${detail}`,
    { data },
  )
}
