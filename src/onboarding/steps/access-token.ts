import { actAsPrincipal, chooseActingMethod } from '../../trust/act-as-principal.ts'
import type { ActsBy } from '../../trust/credential-tags.ts'
import { createTokenProvider, toLive } from '../../trust/databricks-tokens.ts'
import { accessTokenSectionOf } from '../access-token-section.ts'
import { planCredential } from '../credential-step.ts'
import type { OnboardingRequest } from '../request.ts'
import { copiedScopeName } from '../scope-copies.ts'
import type { ApplyContext, PlanContext, Step } from '../step.ts'

/** A live token of the principal's own is in the vault: the first turn of what rotates it from then on. */
export const accessTokenStep: Step = {
  name: 'access-token',
  needs: ['workspace-principal', 'token-permission'],
  sees: ['access-token'],
  provides: ['access-token'],
  isWanted: ({ databricks }) => databricks?.accessToken !== undefined,
  plan: async (context) => {
    const { request, config, services } = context
    const { workspaceUrl, accessToken } = accessTokenSectionOf(request)
    const { vault: vaultUrl, secretName, lifetimeDays, policy } = accessToken
    const workspace = services.workspace(workspaceUrl)
    const principal = await context.sighting('workspace-principal')
    const tokens = principal ? await workspace.listTokens(principal.applicationId) : []
    const actsBy = actsByOf(request)
    const clientIdOf = async (apply: ApplyContext) => (await apply.fact('token-permission')).applicationId
    return planCredential(context, {
      wish: {
        kind: 'databricks-token',
        vaultUrl,
        secretName,
        lifetimeDays: lifetimeDays ?? config.rotation.lifetimeDays,
        overrides: { ...policy, ...(lifetimeDays === undefined ? {} : { lifetimeDays }) },
        workspace: workspaceUrl,
        actsBy,
        scopeName: copiedScopeName(context),
        noun: 'token',
      },
      adoptedId: accessToken.adopt ? (accessToken.tokenId ?? null) : null,
      principal: principal && { clientId: principal.applicationId, credentials: tokens.map(toLive) },
      isMarkedPrincipalThere: async ({ clientId }) =>
        (await workspace.listServicePrincipals({ applicationId: clientId })).length > 0,
      provider: async (apply) => {
        const clientId = await clientIdOf(apply)
        return createTokenProvider({
          workspace,
          workspaceUrl,
          clientId,
          actAsPrincipal: async (work) => {
            await waitForSignIn(apply, actsBy)
            return actAsPrincipal(services.acting, { clientId, actsBy, workspaceUrl, patience: context.patience }, work)
          },
          withToken: (token) => services.acting.holder(workspaceUrl, token, clientId),
        })
      },
      clientId: clientIdOf,
      see: (version) => context.see('access-token', version),
      provide: (apply, { version, expiresAt }) => provideToken(context, apply, actsBy, { version, expiresAt }),
    })
  },
}

/** How Steward will act as the principal: what its kind allows, and what the request chooses. */
function actsByOf({ servicePrincipal, clientSecret, databricks }: OnboardingRequest): ActsBy {
  if (servicePrincipal.kind === 'databricks') return { kind: 'databricks' }
  if (databricks?.accessToken?.signIn !== 'client-secret' || !clientSecret) return { kind: 'entra' }
  const { vault, secretName } = clientSecret
  return { kind: 'client-secret', vaultHost: new URL(vault).hostname, secretName }
}

async function waitForSignIn(apply: ApplyContext, actsBy: ActsBy): Promise<void> {
  if (actsBy.kind === 'entra') await apply.fact('sign-in')
  if (actsBy.kind === 'client-secret') await apply.fact('client-secret')
}

async function provideToken(
  { request, services }: PlanContext,
  apply: ApplyContext,
  actsBy: ActsBy,
  { version, expiresAt }: { readonly version: string; readonly expiresAt: Date | null },
): Promise<void> {
  const { vault, secretName } = accessTokenSectionOf(request).accessToken
  const { applicationId: clientId } = await apply.fact('token-permission')
  const issuedBy = await chooseActingMethod(services.acting, { clientId, actsBy })
  apply.provide('access-token', {
    vault,
    secretName,
    version,
    expiresAt: expiresAt?.toISOString() ?? null,
    issuedBy,
  })
}
