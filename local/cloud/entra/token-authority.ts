import { createHash, generateKeyPairSync, randomUUID, sign, verify } from 'node:crypto'
import type { Clock } from '../clock.ts'
import { cloudOfResource, issuerOf } from './clouds.ts'
import type { Directory } from './directory.ts'
import type { Claims, TokenIssuer, TokenVerdict } from './tokens.ts'

/** Entra dates tokens back, so that a service whose clock is slow takes them at once. */
const BACKDATED_SECONDS = 300

/** Signs with a key of its own, made anew with every authority. */
export function createTokenAuthority({ clock, directory }: { clock: Clock; directory: Directory }): TokenIssuer {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const { n = '', e = '' } = publicKey.export({ format: 'jwk' })
  const kid = createHash('sha256').update(n).digest('base64url').slice(0, 27)
  const header = encode({ typ: 'JWT', alg: 'RS256', kid })
  const issued: string[] = []

  return {
    issue: ({ appId, oid, audience, lifetimeSeconds, roles = [], issuer }) => {
      const now = Math.floor(clock.now() / 1000)
      const tid = directory.tenantId
      const iss = issuer ?? issuerOf(cloudOfResource(audience), tid, audience)
      const claims: Claims & Readonly<Record<string, unknown>> = {
        aud: audience,
        iss,
        iat: now - BACKDATED_SECONDS,
        nbf: now - BACKDATED_SECONDS,
        exp: now + lifetimeSeconds,
        appid: appId,
        idtyp: 'app',
        oid,
        ...(roles.length === 0 ? {} : { roles }),
        sub: oid,
        tid,
        uti: randomUUID(),
        ver: iss.endsWith('/v2.0') ? '2.0' : '1.0',
      }
      const signed = `${header}.${encode(claims)}`
      const signature = sign('sha256', Buffer.from(signed), privateKey).toString('base64url')
      const token = `${signed}.${signature}`
      issued.push(token)
      return { token, expiresAt: claims.exp }
    },

    issued,

    jwks: () => ({ keys: [{ kty: 'RSA', use: 'sig', alg: 'RS256', kid, n, e }] }),

    verify: (authorization, audiences) => {
      if (authorization === undefined || authorization === '') return { kind: 'missing', detail: 'no authorization' }
      const token = /^Bearer +(\S+)$/i.exec(authorization)?.[1]
      if (token === undefined) return { kind: 'malformed', detail: 'not a bearer token' }
      return judge(token, audiences)
    },
  }

  function judge(token: string, audiences: readonly string[]): TokenVerdict {
    const [head, payload, signature, ...rest] = token.split('.')
    const claims = payload === undefined ? null : decodeClaims(payload)
    if (head === undefined || signature === undefined || rest.length > 0 || claims === null) {
      return { kind: 'malformed', detail: 'not a JWT' }
    }
    const isGenuine = verify(
      'sha256',
      Buffer.from(`${head}.${payload}`),
      publicKey,
      Buffer.from(signature, 'base64url'),
    )
    if (!isGenuine) return { kind: 'bad-signature', detail: `not signed with key ${kid}` }
    if (claims.exp * 1000 <= clock.now()) return { kind: 'expired', detail: new Date(claims.exp * 1000).toISOString() }
    if (!audiences.includes(claims.aud.replace(/\/$/, ''))) return { kind: 'wrong-audience', detail: claims.aud }
    return { kind: 'valid', claims }
  }
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url')
}

/** Null unless the claims that are judged are there. */
function decodeClaims(payload: string): Claims | null {
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'))
    return isClaims(claims) ? claims : null
  } catch {
    return null
  }
}

function isClaims(value: unknown): value is Claims {
  if (typeof value !== 'object' || value === null) return false
  const claims = value as Record<string, unknown>
  return typeof claims['aud'] === 'string' && typeof claims['exp'] === 'number'
}
