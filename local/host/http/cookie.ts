import type { RpcCookie } from '../protocol.ts'

/** Writes a cookie as the real host does: attributes in lower case, `path=/` where none is given. */
export function formatCookie(cookie: RpcCookie): string {
  const { name, value, expires, maxAge, domain, path, secure, sameSite, httpOnly } = cookie
  const attributes = [
    expires && `expires=${new Date(expires.value.seconds * 1000).toUTCString()}`,
    maxAge && `max-age=${Math.trunc(maxAge.value)}`,
    domain && `domain=${domain.value}`,
    `path=${path?.value || '/'}`,
    secure?.value && 'secure',
    sameSite && sameSite !== 'none' && `samesite=${sameSite === 'explicitNone' ? 'none' : sameSite}`,
    httpOnly?.value && 'httponly',
  ]
  return [`${name}=${escapeData(value)}`, ...attributes.filter((attribute) => typeof attribute === 'string')].join('; ')
}

function escapeData(value: string): string {
  return encodeURIComponent(value).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)
}
