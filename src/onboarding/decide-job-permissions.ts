import type { DirectGrant, Grant } from '../clients/databricks/client.ts'

const OWNER = 'IS_OWNER'
const MANAGE = 'CAN_MANAGE'
/** Levels on a notebook that let somebody change it, and so act as the owner of the job that runs it. */
const EDIT: ReadonlySet<string> = new Set(['CAN_EDIT', 'CAN_MANAGE', 'IS_OWNER'])
const READ: ReadonlySet<string> = new Set(['CAN_READ', 'CAN_RUN', ...EDIT])

export interface JobPermissionWish {
  /** Who shall own the job. */
  readonly applicationId: string
  /** Groups that may manage it. */
  readonly managers: readonly string[]
}

export interface JobPermissionDecision {
  /** What is not as wished, for people; empty when all is. */
  readonly reasons: readonly string[]
  /** Every direct grant that the job shall have: the one owner, the managers, and whatever others were given. */
  readonly grants: readonly DirectGrant[]
}

/**
 * Decides the direct grants of a job. Setting permissions replaces all of them, so every grant of somebody else comes
 * along; ownership alone moves, because a job has exactly one owner.
 */
export function decideJobPermissions(current: readonly Grant[], wish: JobPermissionWish): JobPermissionDecision {
  const owner: DirectGrant = {
    principal: { kind: 'service-principal', name: wish.applicationId },
    level: OWNER,
  }
  const managers = wish.managers.map((name): DirectGrant => ({ principal: { kind: 'group', name }, level: MANAGE }))
  const direct = current.filter(({ isInherited }) => !isInherited)
  const isOwned = direct.some((grant) => grant.level === OWNER && isSamePrincipal(grant, owner))
  const missing = managers.filter(
    (manager) => !current.some((grant) => grant.level === MANAGE && isSamePrincipal(grant, manager)),
  )
  const kept = direct.filter(
    (grant) => grant.level !== OWNER && ![owner, ...missing].some((wished) => isSamePrincipal(grant, wished)),
  )
  return {
    reasons: [
      ...(isOwned ? [] : ['owner missing']),
      ...missing.map(({ principal }) => `manager missing: ${principal.name}`),
    ],
    grants: [owner, ...missing, ...kept.map(({ principal, level }) => ({ principal, level }))],
  }
}

/** Whether the principal may read the notebook, directly. */
export function canRead(current: readonly Grant[], applicationId: string): boolean {
  return current.some(
    (grant) =>
      !grant.isInherited &&
      READ.has(grant.level) &&
      isSamePrincipal(grant, { principal: { kind: 'service-principal', name: applicationId }, level: '' }),
  )
}

/** Who may change the notebook besides admins and Steward: each of them can act as the principal. */
export function findEditors(current: readonly Grant[], ownClientId: string): string[] {
  const names = current
    .filter(({ level, principal }) => EDIT.has(level) && !isExpected(principal, ownClientId))
    .map(({ principal }) => `${principal.kind} ${principal.name}`)
  return [...new Set(names)]
}

function isExpected({ kind, name }: Grant['principal'], ownClientId: string): boolean {
  if (kind === 'group') return name.toLowerCase() === 'admins'
  return kind === 'service-principal' && name.toLowerCase() === ownClientId.toLowerCase()
}

/** Names come back in another case at times. */
function isSamePrincipal(a: DirectGrant, b: DirectGrant): boolean {
  return a.principal.kind === b.principal.kind && a.principal.name.toLowerCase() === b.principal.name.toLowerCase()
}
