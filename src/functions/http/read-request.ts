import type { HttpRequest } from '@azure/functions'
import { StewardError } from '../../platform/errors.ts'

/** Far more than any request needs. */
const MAX_BODY_BYTES = 64 * 1024

/** The body as JSON. Throws `invalid-request`. */
export async function readJson(request: Pick<HttpRequest, 'text'>): Promise<unknown> {
  const text = await request.text()
  const size = Buffer.byteLength(text)
  if (size > MAX_BODY_BYTES) {
    throw new StewardError('invalid-request', 'The body is too large; nothing was changed.', {
      issues: [{ path: '', message: `has ${size} bytes, more than ${MAX_BODY_BYTES}` }],
    })
  }
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new StewardError(
      'invalid-request',
      text === ''
        ? 'The call has no body. Send JSON, with a content-length: the host drops chunked bodies.'
        : 'The body is not JSON; nothing was changed.',
      { cause, issues: [{ path: '', message: 'must be a JSON object' }] },
    )
  }
}

/** The body as JSON; an empty object when there is none. Throws `invalid-request`. */
export async function readOptionalJson(request: Pick<HttpRequest, 'text'>): Promise<unknown> {
  const text = await request.text()
  return text === '' ? {} : readJson({ text: async () => text })
}

/** The `Idempotency-Key`, or null when there is none. Throws `invalid-request`. */
export function readIdempotencyKey({ headers }: Pick<HttpRequest, 'headers'>): string | null {
  const key = headers.get('idempotency-key')
  if (key === null || /^[\x20-\x7e]{1,255}$/.test(key)) return key
  throw new StewardError('invalid-request', 'The Idempotency-Key is not valid; nothing was changed.', {
    issues: [{ path: 'Idempotency-Key', message: 'must be 1 to 255 printable ASCII characters' }],
  })
}
