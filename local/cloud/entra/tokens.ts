/** The claims that fakes look at; Entra's own names (https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference). */
export interface Claims {
  readonly aud: string
  readonly iss: string
  /** Client id of the application the token was issued to. */
  readonly appid: string
  /** Object id of the service principal. */
  readonly oid: string
  readonly sub: string
  readonly tid: string
  readonly exp: number
  readonly nbf: number
  readonly roles?: readonly string[]
}

export type TokenVerdict =
  | { readonly kind: 'valid'; readonly claims: Claims }
  | { readonly kind: 'missing' | 'malformed' | 'bad-signature' | 'expired' | 'wrong-audience'; readonly detail: string }

/** Issues and judges the tenant's tokens. */
export interface TokenAuthority {
  /** `audiences`: every spelling of `aud` the service accepts, without a trailing slash. */
  verify(authorization: string | undefined, audiences: readonly string[]): TokenVerdict
}

export interface TokenOrder {
  readonly appId: string
  /** Object id of the service principal. */
  readonly oid: string
  /** The resource as it was asked for, without `/.default`. */
  readonly audience: string
  readonly lifetimeSeconds: number
  readonly roles?: readonly string[]
  /** Where absent, that of the cloud the resource belongs to. */
  readonly issuer?: string
}

/** A public signing key (RFC 7517). */
export interface SigningKey {
  readonly kty: 'RSA'
  readonly use: 'sig'
  readonly alg: 'RS256'
  readonly kid: string
  readonly n: string
  readonly e: string
}

export interface IssuedToken {
  readonly token: string
  /** Unix seconds. */
  readonly expiresAt: number
}

/** The signing side, which only the token endpoints use. */
export interface TokenIssuer extends TokenAuthority {
  issue(order: TokenOrder): IssuedToken
  /** Public keys, as the discovery document's `jwks_uri` gives them. */
  jwks(): { readonly keys: readonly SigningKey[] }
  /** Every access token issued so far: what a search for leaked secrets looks for. */
  readonly issued: readonly string[]
}
