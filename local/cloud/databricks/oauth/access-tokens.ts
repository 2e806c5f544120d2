import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto'
import { z } from 'zod'
import { gatewayError } from '../errors.ts'
import type { ServicePrincipal, Workspace } from '../workspace-state.ts'

export const ACCESS_TOKEN_SECONDS = 3600

const claimsSchema = z.object({ iss: z.string(), client_id: z.string(), exp: z.number() })

type Claims = z.infer<typeof claimsSchema>

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url')
}

function sign({ oauth }: Workspace, text: string): Buffer {
  return createHmac('sha256', oauth.signingKey).update(text).digest()
}

export function issuerOf({ host }: Pick<Workspace, 'host'>): string {
  return `https://${host}/oidc`
}

export function issueAccessToken(workspace: Workspace, clientId: string, now: number): string {
  const issuedAt = Math.floor(now / 1000)
  const claims = {
    client_id: clientId,
    scope: 'all-apis',
    iss: issuerOf(workspace),
    aud: workspace.orgId,
    sub: clientId,
    iat: issuedAt,
    exp: issuedAt + ACCESS_TOKEN_SECONDS,
    jti: randomUUID(),
  }
  const signed = `${encode({ alg: 'HS256', typ: 'at+jwt' })}.${encode(claims)}`
  const token = `${signed}.${sign(workspace, signed).toString('base64url')}`
  workspace.oauth.issued.push(token)
  return token
}

function readClaims(bearer: string): Claims | null {
  try {
    return claimsSchema.parse(JSON.parse(Buffer.from(bearer.split('.')[1] ?? '', 'base64url').toString()))
  } catch {
    return null
  }
}

/** Whether Databricks claims to have issued it, this workspace or another. */
export function isDatabricksToken(bearer: string): boolean {
  return readClaims(bearer)?.iss.endsWith('/oidc') === true
}

function isGenuine(workspace: Workspace, bearer: string): boolean {
  const [header, payload, signature] = bearer.split('.')
  const expected = sign(workspace, `${header}.${payload}`)
  const given = Buffer.from(signature ?? '', 'base64url')
  return given.length === expected.length && timingSafeEqual(given, expected)
}

/** Whose access token this is; throws unless the workspace itself issued it and the principal is in the workspace. */
export function authenticateByAccessToken(workspace: Workspace, bearer: string, now: number): ServicePrincipal {
  const claims = readClaims(bearer)
  if (claims === null || !isGenuine(workspace, bearer)) throw gatewayError(403, 'Invalid access token.')
  if (claims.exp * 1000 <= now) throw gatewayError(401, 'Token is expired.')
  const principal = workspace.principals
    .values()
    .find(({ applicationId, active }) => active && applicationId === claims.client_id)
  if (principal === undefined) throw gatewayError(403, `Unauthorized access to Org: ${workspace.orgId}`)
  return principal
}
