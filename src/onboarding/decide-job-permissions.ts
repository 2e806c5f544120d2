import type { DirectGrant, Grant } from '../clients/databricks/client.ts'

const OWNER = 'IS_OWNER'
const MANAGE = 'CAN_MANAGE'
/** Levels on a notebook that let somebody change it, and so act as the owner of the job that runs it. */
const EDIT: ReadonlySet<string> = new Set(['CAN_EDIT', 'CAN_MANAGE', 'IS_OWNER'])
/** Levels on a job that let nobody change what it runs as its owner: only such grants of others stay. */
const HARMLESS: ReadonlySet<string> = new Set(['CAN_VIEW', 'CAN_MANAGE_RUN'])
const READ: ReadonlySet<string> = new Set(['CAN_READ', 'CAN_RUN', ...EDIT])

export interface JobPermissionWish {
  /** Who shall own the job. */
  readonly applicationId: string
  /** Groups that may manage it. */
  readonly managers: readonly string[]
  /** Client id of Steward's own identity. */
  readonly ownClientId: string
}

export interface JobPermissionDecision {
  /** What is not as wished, for people; empty when all is. */
  readonly reasons: readonly string[]
  /** Every direct grant that the job shall have: the one owner, the managers, and whatever others were given. */
  readonly grants: readonly DirectGrant[]
}

/**
 * Decides the direct grants of a job. Setting permissions replaces all of them, so what others were given comes along as
 * far as it lets nobody act as the principal; ownership moves, because a job has exactly one owner.
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
    (grant) =>
      grant.level !== OWNER &&
      !isForeignManager(grant, wish) &&
      ![owner, ...missing].some((wished) => isSamePrincipal(grant, wished)),
  )
  return {
    reasons: [
      ...(isOwned ? [] : ['owner missing']),
      ...missing.map(({ principal }) => `manager missing: ${principal.name}`),
    ],
    grants: [owner, ...missing, ...kept.map(({ principal, level }) => ({ principal, level }))],
  }
}

/** Who owns the job; null when nobody does any more. */
export function findOwner(current: readonly Grant[]): Grant['principal'] | null {
  return current.find(({ level, isInherited }) => level === OWNER && !isInherited)?.principal ?? null
}

/** Whether the job is still Steward's or the principal's already; one whose owner is gone from the workspace is nobody's. */
export function isTrustedOwner(
  ownedBy: Grant['principal'] | null,
  { ownClientId, applicationId }: { readonly ownClientId: string; readonly applicationId: string | null },
): boolean {
  if (ownedBy === null) return true
  if (ownedBy.kind !== 'service-principal') return false
  return [ownClientId, applicationId].some((name) => name?.toLowerCase() === ownedBy.name.toLowerCase())
}

/** Who may change what the job runs, and so act as the principal, though nobody asked for it. */
export function findForeignManagers(current: readonly Grant[], wish: JobPermissionWish): string[] {
  const names = current
    .filter((grant) => !grant.isInherited && grant.level !== OWNER && isForeignManager(grant, wish))
    .map(({ principal }) => `${principal.kind} ${principal.name}`)
  return [...new Set(names)]
}

function isForeignManager({ level, principal }: Grant, wish: JobPermissionWish): boolean {
  const isAsked = [
    { kind: 'service-principal', name: wish.applicationId } as const,
    ...wish.managers.map((name) => ({ kind: 'group', name }) as const),
  ].some((asked) => isSamePrincipal({ principal, level }, { principal: asked, level }))
  return !HARMLESS.has(level) && !isAsked && !isExpected(principal, wish.ownClientId)
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
