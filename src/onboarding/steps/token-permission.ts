import type { Grant } from '../../clients/databricks/client.ts'
import { StewardError } from '../../platform/errors.ts'
import { waitForPropagation } from '../../platform/propagation.ts'
import { bootstrapMark } from '../../trust/marks.ts'
import { accessTokenSectionOf } from '../access-token-section.ts'
import { decideTokenPermission, findLostGrants } from '../decide-token-permission.ts'
import type { ApplyContext, PlanContext, Step } from '../step.ts'

/** The token that brings the permissions into being lives no longer, should deleting it fail. */
const BOOTSTRAP_SECONDS = 60

/** The principal may make tokens. Only added to, never set: setting would revoke the tokens of everybody it leaves out. */
export const tokenPermissionStep: Step = {
  name: 'token-permission',
  needs: ['workspace-principal'],
  sees: [],
  provides: ['token-permission'],
  isWanted: ({ databricks }) => databricks?.accessToken !== undefined,
  plan: async (context) => {
    const { workspaceUrl } = accessTokenSectionOf(context.request)
    const workspace = context.services.workspace(workspaceUrl)
    const [grants, principal] = await Promise.all([
      workspace.getTokenPermissions(),
      context.sighting('workspace-principal'),
    ])
    const groups = context.request.databricks?.groups ?? []
    const decision = decideTokenPermission(grants, principal?.applicationId ?? null, groups)
    const target = `tokens in ${new URL(workspaceUrl).hostname}`
    return {
      changes: decision.kind === 'keep' ? [] : [{ action: 'update', target, reason: decision.reason }],
      apply: async (apply) => {
        const { applicationId } = await apply.fact('workspace-principal')
        if (decision.kind !== 'keep') await grant(context, apply, applicationId, grants ?? [])
        // The right may come through a group that it is being put in.
        else await apply.fact('workspace-access')
        apply.provide('token-permission', { applicationId })
      },
    }
  },
}

async function grant(
  context: PlanContext,
  apply: ApplyContext,
  applicationId: string,
  before: readonly Grant[],
): Promise<void> {
  const { services, request, patience } = context
  const { workspaceUrl } = accessTokenSectionOf(request)
  const workspace = services.workspace(workspaceUrl)
  const host = new URL(workspaceUrl).hostname
  await waitForPropagation({
    subject: `CAN_USE of ${applicationId} on tokens in ${host}`,
    patience,
    attempt: async () => {
      apply.guard()
      const outcome = await workspace.addTokenPermission(applicationId)
      if (outcome === 'tokens-not-there') await bootstrap(context, apply)
      return typeof outcome === 'string' ? undefined : outcome
    },
  })
  const after = (await workspace.getTokenPermissions()) ?? []
  if (decideTokenPermission(after, applicationId, []).kind !== 'keep') {
    throw new StewardError(
      'not-propagated',
      `${host} took CAN_USE of ${applicationId} on tokens and does not show it; Steward looks again.`,
    )
  }
  const lost = findLostGrants(before, after)
  if (lost.length === 0) return
  throw new StewardError(
    'differs',
    `While CAN_USE was given to ${applicationId}, others lost their rights on tokens in ${host}: ${lost.join(', ')}. Steward only adds; have a workspace admin see who changed them.`,
  )
}

/** A token of Steward's own, made and revoked: from then on the workspace keeps permissions on tokens. */
async function bootstrap({ services, owner, request }: PlanContext, apply: ApplyContext): Promise<void> {
  const { workspaceUrl } = accessTokenSectionOf(request)
  const { acting } = services
  const [token, { clientId }] = await Promise.all([acting.ownToken(acting.databricksAudience), acting.whoAmI()])
  apply.guard()
  const { tokenId } = await acting
    .holder(workspaceUrl, token, clientId)
    .createToken({ comment: bootstrapMark(owner.instance), lifetimeSeconds: BOOTSTRAP_SECONDS, scopes: null })
  await services.workspace(workspaceUrl).revokeToken(tokenId)
}
