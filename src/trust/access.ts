import type { AccessMode } from '../platform/access-mode.ts'
import { StewardError } from '../platform/errors.ts'

/** App roles of the sign-in, weakest first: each may do what the ones before it may. */
export const ROLES = ['Steward.Reader', 'Steward.Operator', 'Steward.Admin'] as const

export type Role = (typeof ROLES)[number]

/** What each HTTP function asks of its caller; `open` is for everybody. The one table, held against the registrations by a test. */
export const ACCESS = {
  health: 'open',
  'plan-or-start-onboarding': 'Steward.Operator',
  'list-onboardings': 'Steward.Reader',
  'get-onboarding': 'Steward.Reader',
  'run-onboarding-step': 'Steward.Operator',
  'plan-or-start-offboarding': 'Steward.Admin',
  'list-access': 'Steward.Reader',
  'list-credentials': 'Steward.Reader',
  'get-credential': 'Steward.Reader',
  'list-credential-history': 'Steward.Reader',
  'plan-rotations': 'Steward.Reader',
  'rotate-credential': 'Steward.Operator',
  'change-credential': 'Steward.Operator',
} as const satisfies Record<string, Role | 'open'>

export type HttpFunctionName = keyof typeof ACCESS

/** Who calls. With function keys nobody is known: whoever holds the key may do everything. */
export interface Caller {
  /** Stable name for records: `key`, or the object id of the signed-in principal. */
  readonly name: string
  has(role: Role): boolean
}

/** The principal header of App Service authentication, decoded. */
interface PrincipalHeader {
  readonly claims?: readonly { readonly typ?: string; readonly val?: string }[]
}

const OBJECT_ID_CLAIMS: ReadonlySet<string> = new Set([
  'oid',
  'http://schemas.microsoft.com/identity/claims/objectidentifier',
])
const ROLE_CLAIMS: ReadonlySet<string> = new Set([
  'roles',
  'http://schemas.microsoft.com/ws/2008/06/identity/claims/role',
])

/**
 * Tells who calls. In `entra` mode the platform's word that authentication is on is asked for first: without it anybody
 * could write the principal header. Throws `configuration-invalid` or `unauthenticated`.
 */
export function identifyCaller(mode: AccessMode, isAuthenticationOn: boolean, principalHeader: string | null): Caller {
  if (mode === 'keys') return { name: 'key', has: () => true }
  if (!isAuthenticationOn) {
    throw new StewardError(
      'configuration-invalid',
      'STEWARD_ACCESS is "entra" but App Service authentication is off (WEBSITE_AUTH_ENABLED): turn it on, then call again.',
    )
  }
  const claims = readClaims(principalHeader)
  const objectId = claims.find(({ typ }) => typ !== undefined && OBJECT_ID_CLAIMS.has(typ))?.val
  if (!objectId) throw new StewardError('unauthenticated', 'Sign in: the call has no Microsoft Entra principal.')
  const held = claims.filter(({ typ }) => typ !== undefined && ROLE_CLAIMS.has(typ)).map(({ val }) => val)
  return {
    name: objectId,
    has: (role) => ROLES.slice(ROLES.indexOf(role)).some((candidate) => held.includes(candidate)),
  }
}

function readClaims(header: string | null): NonNullable<PrincipalHeader['claims']> {
  if (!header) return []
  try {
    const principal = JSON.parse(Buffer.from(header, 'base64').toString('utf8')) as PrincipalHeader
    return Array.isArray(principal.claims) ? principal.claims : []
  } catch {
    return []
  }
}

/** Throws `role-missing` when the caller has not the role. */
export function requireRole(caller: Caller, role: Role, what: string): void {
  if (caller.has(role)) return
  throw new StewardError(
    'role-missing',
    `${what} needs the app role ${role}, which ${caller.name} does not have. Whoever administers the enterprise application of Steward's sign-in can assign it.`,
  )
}
