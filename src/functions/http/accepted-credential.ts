import type { Answer } from './answer.ts'
import type { Call } from './endpoint.ts'

const POLL_SECONDS = 2

/** Where to look for how it goes: the credential itself, on the host name that the caller used. */
export function acceptedCredential({ request }: Pick<Call, 'request'>): Answer {
  const { origin, pathname } = new URL(request.url)
  const location = `${origin}${pathname.replace(/\/rotations\/?$/i, '')}`
  return { status: 202, headers: { location, 'retry-after': String(POLL_SECONDS) }, body: { location } }
}
