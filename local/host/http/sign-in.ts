import { createHash } from 'node:crypto'

/** The header by which a caller says who it is, in place of a real sign-in: `alice Steward.Operator,Steward.Reader`. */
const signInHeader = 'x-local-sign-in'

const tenantId = '72f988bf-0000-4000-8000-000000000000'

/**
 * Stands where the platform's authentication stands: takes away every principal header that came from outside,
 * and adds its own for a caller that signed in. The sign-in header itself does not reach the app.
 */
export function applySignIn(headers: Record<string, string>): Record<string, string> {
  const cleaned = Object.fromEntries(
    Object.entries(headers).filter(([name]) => name !== signInHeader && !name.startsWith('x-ms-client-principal')),
  )
  const signIn = headers[signInHeader]?.trim()
  return signIn ? { ...cleaned, ...createPrincipalHeaders(signIn) } : cleaned
}

function createPrincipalHeaders(signIn: string): Record<string, string> {
  const [name = '', roles = ''] = signIn.split(/\s+/)
  const objectId = createObjectId(name)
  const claims = [
    { typ: 'name', val: name },
    { typ: 'preferred_username', val: name },
    { typ: 'http://schemas.microsoft.com/identity/claims/objectidentifier', val: objectId },
    { typ: 'http://schemas.microsoft.com/identity/claims/tenantid', val: tenantId },
    ...roles
      .split(',')
      .filter(Boolean)
      .map((role) => ({ typ: 'roles', val: role })),
  ]
  const principal = { auth_typ: 'aad', name_typ: 'name', role_typ: 'roles', claims }
  return {
    'x-ms-client-principal': Buffer.from(JSON.stringify(principal)).toString('base64'),
    'x-ms-client-principal-id': objectId,
    'x-ms-client-principal-name': name,
    'x-ms-client-principal-idp': 'aad',
  }
}

/** The same name always has the same object id. */
function createObjectId(name: string): string {
  const hex = createHash('sha256').update(name).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
