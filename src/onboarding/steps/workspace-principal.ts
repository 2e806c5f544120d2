import type { DatabricksClient, WorkspacePrincipal } from '../../clients/databricks/client.ts'
import { StewardError } from '../../platform/errors.ts'
import { lookAgain } from '../../platform/outcomes.ts'
import { principalExternalId } from '../../trust/marks.ts'
import { createOnce, createUnkeyed } from '../create-once.ts'
import { decideWorkspacePrincipal, type WorkspacePrincipalDecision } from '../decide-workspace-principal.ts'
import { findOwnApplication } from '../find-application.ts'
import type { OnboardingRequest } from '../request.ts'
import { type Group, requireGroups } from '../require-groups.ts'
import type { ApplyContext, Change, LookContext, PlanContext, Step } from '../step.ts'

type Section = NonNullable<OnboardingRequest['databricks']>

/** The principal is in the workspace with the entitlements and groups that were asked for. */
export const workspacePrincipalStep: Step = {
  name: 'workspace-principal',
  needs: ['application'],
  sees: ['workspace-principal'],
  provides: ['workspace-principal', 'workspace-access'],
  isWanted: ({ databricks }) => databricks !== undefined,
  plan: async (context) => {
    const { request, owner, services } = context
    const section = workspaceSectionOf(request)
    const workspace = services.workspace(section.workspace)
    const [groups, found] = await Promise.all([
      findGroups(workspace, section),
      findPrincipals(context, workspace, () => context.sighting('application')),
    ])
    const decision = decideWorkspacePrincipal(owner, found, {
      entitlements: section.entitlements,
      groupIds: groups.map(({ groupId }) => groupId),
      adoptPrincipalId: section.servicePrincipalId,
    })
    context.see('workspace-principal', decision.kind === 'keep' ? decision.principal : null)
    const target = `service principal ${request.servicePrincipal.displayName} in ${new URL(section.workspace).hostname}`
    return {
      changes: listChanges(decision, groups, target),
      ...(decision.kind === 'refuse' ? { refusal: explainRefusal(decision, target) } : {}),
      apply: (apply) => applyPrincipal(context, workspace, decision, groups, apply),
    }
  },
}

/** The section, which the step is wanted for. */
export function workspaceSectionOf({ databricks }: OnboardingRequest): Section {
  if (!databricks) throw new TypeError('the request has no databricks section')
  return databricks
}

function findGroups(workspace: DatabricksClient, section: Section): Promise<Group[]> {
  return requireGroups(workspace, {
    path: 'databricks.groups',
    names: section.groups,
    summary: 'A group is missing in the workspace. A workspace admin can create it; then send the request again.',
    where: ` in ${section.workspace}`,
  })
}

/** The principals that answer to the wished identity: its id to adopt, its application, or our mark. */
async function findPrincipals(
  context: LookContext,
  workspace: DatabricksClient,
  findApplication: () => Promise<{ readonly clientId: string } | null>,
): Promise<WorkspacePrincipal[]> {
  const { servicePrincipal } = context.request
  const { servicePrincipalId } = workspaceSectionOf(context.request)
  if (servicePrincipal.kind === 'entra') {
    const application = await findApplication()
    if (!application) return []
    const found = await workspace.listServicePrincipals({ applicationId: application.clientId })
    await requireFullView(workspace, found)
    return found
  }
  if (servicePrincipalId === undefined) return findMarked(context, workspace)
  const adopted = await workspace.getServicePrincipal(servicePrincipalId)
  return adopted ? [adopted] : []
}

/** What there is to remove: where the application is gone, our mark still tells. */
export async function findPrincipalsToRemove(
  context: LookContext,
  workspace: DatabricksClient,
): Promise<WorkspacePrincipal[]> {
  const found = await findPrincipals(context, workspace, () => findOwnApplication(context))
  return found.length > 0 ? found : findMarked(context, workspace)
}

/**
 * What Databricks made has no key that we chose: display names may be changed and be there twice, and SCIM cannot filter
 * by `externalId`, so the whole list is looked through for our mark.
 */
async function findMarked({ owner }: LookContext, workspace: DatabricksClient): Promise<WorkspacePrincipal[]> {
  const mark = principalExternalId(owner)
  const all = await workspace.listServicePrincipals()
  await requireFullView(workspace, all)
  return all.filter(({ externalId }) => externalId === mark)
}

/** Whoever is no admin is shown principals without marks, which would make our own look foreign. */
async function requireFullView(workspace: DatabricksClient, found: readonly WorkspacePrincipal[]): Promise<void> {
  const isReduced = found.every(
    ({ externalId, entitlements, groups }) => externalId === null && entitlements.length === 0 && groups.length === 0,
  )
  if (found.length > 0 && isReduced) await workspace.requireAdmin()
}

function listChanges(decision: WorkspacePrincipalDecision, groups: readonly Group[], target: string): Change[] {
  if (decision.kind === 'refuse') return []
  if (decision.kind === 'create') {
    const join = groups.map(
      ({ displayName }): Change => ({
        action: 'update',
        target: `group ${displayName}`,
        reason: 'member missing',
      }),
    )
    return [{ action: 'create', target, reason: decision.reason }, ...join]
  }
  const { needsMark, missingEntitlements, missingGroupIds } = decision
  const changes: Change[] = []
  if (needsMark) changes.push({ action: 'update', target, reason: 'adopted' })
  if (missingEntitlements.length > 0) {
    changes.push({
      action: 'update',
      target,
      reason: `entitlements missing: ${missingEntitlements.join(', ')}`,
    })
  }
  for (const { displayName } of groups.filter(({ groupId }) => missingGroupIds.includes(groupId))) {
    changes.push({
      action: 'update',
      target: `group ${displayName}`,
      reason: 'member missing',
    })
  }
  return changes
}

async function applyPrincipal(
  context: PlanContext,
  workspace: DatabricksClient,
  decision: WorkspacePrincipalDecision,
  groups: readonly Group[],
  apply: ApplyContext,
): Promise<void> {
  if (decision.kind === 'refuse') throw explainRefusal(decision, 'service principal')
  const section = workspaceSectionOf(context.request)
  const principal = decision.kind === 'keep' ? decision.principal : await createPrincipal(context, workspace, apply)
  const { principalId, applicationId } = principal
  // Others can go on with it while its groups are still on the way.
  apply.provide('workspace-principal', { workspace: section.workspace, principalId, applicationId })
  const mark = principalExternalId(context.owner)
  // A principal that the account knew before may come back from its own creation with another mark or none.
  const needsMark = decision.kind === 'keep' ? decision.needsMark : principal.externalId !== mark
  const addEntitlements = decision.kind === 'keep' ? [...decision.missingEntitlements] : []
  if (needsMark || addEntitlements.length > 0) {
    apply.guard()
    await workspace.updateServicePrincipal(principalId, {
      ...(needsMark ? { externalId: mark } : {}),
      ...(addEntitlements.length > 0 ? { addEntitlements } : {}),
    })
  }
  const joined = decision.kind === 'keep' ? decision.missingGroupIds : groups.map(({ groupId }) => groupId)
  if (joined.length > 0) apply.guard()
  await Promise.all(joined.map((groupId) => workspace.addGroupMember(groupId, principalId)))
  apply.provide('workspace-access', { principalId })
}

async function createPrincipal(
  context: PlanContext,
  workspace: DatabricksClient,
  apply: ApplyContext,
): Promise<WorkspacePrincipal> {
  const { request, owner, patience } = context
  const { displayName, kind } = request.servicePrincipal
  const { entitlements, workspace: url } = workspaceSectionOf(request)
  const externalId = principalExternalId(owner)
  const wish = { displayName, externalId, entitlements }
  const subject = `Service principal ${displayName} in ${new URL(url).hostname}`
  if (kind === 'databricks') {
    const { guard, intents } = apply
    return createUnkeyed({
      intent: `create-workspace-principal/${url}`,
      create: async () => {
        const created = await workspace.createServicePrincipal(wish)
        if (created === 'already-exists') throw lookAgain(subject)
        return created
      },
      find: async () => (await findMarked(context, workspace))[0],
      subject,
      patience,
      guard,
      intents,
    })
  }
  const { clientId } = await apply.fact('service-principal')
  const { thing, wasThere } = await createOnce({
    create: () => workspace.createServicePrincipal({ applicationId: clientId, ...wish }),
    find: async () => (await workspace.listServicePrincipals({ applicationId: clientId }))[0] ?? null,
    subject,
    patience,
    guard: apply.guard,
  })
  if (wasThere) throw lookAgain(subject)
  return thing
}

function explainRefusal(decision: WorkspacePrincipalDecision & { kind: 'refuse' }, target: string): StewardError {
  if (decision.reason === 'adopted-is-missing') {
    return new StewardError('not-found', `The ${target} that was to be adopted is not there: check servicePrincipalId.`)
  }
  const { principal, reason } = decision
  const data = {
    principalId: principal.principalId,
    applicationId: principal.applicationId,
  }
  if (reason === 'belongs-to-another') {
    return new StewardError(
      'belongs-to-another',
      `The ${target} belongs to another onboarding (${principal.externalId}). Use that onboarding's name, or another principal.`,
      { data },
    )
  }
  if (reason === 'switched-off') {
    return new StewardError(
      'switched-off',
      `The ${target} (id ${principal.principalId}) was deactivated by somebody. A workspace admin can activate it; then start the onboarding again.`,
      { data },
    )
  }
  return new StewardError(
    'not-ours',
    `The ${target} is there already (id ${principal.principalId}) and Steward did not make it. An Admin may take it over with "servicePrincipalId": "${principal.principalId}" and "adopt": true.`,
    { data },
  )
}
