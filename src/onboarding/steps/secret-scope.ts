import type { DatabricksClient, SecretScope } from '../../clients/databricks/client.ts'
import { StewardError } from '../../platform/errors.ts'
import { lookAgain, toUnknownOutcome } from '../../platform/outcomes.ts'
import type { Secret } from '../../platform/secret.ts'
import { secretScopeName } from '../../trust/marks.ts'
import { explainForeignAcls } from '../../trust/scope-readers.ts'
import { decideSecretScope, type SecretScopeWish } from '../decide-secret-scope.ts'
import { secretReference } from '../job-settings.ts'
import type { OnboardingRequest } from '../request.ts'
import { type Copy, copiesOf } from '../scope-copies.ts'
import type { ApplyContext, Change, PlanContext, Step } from '../step.ts'
import { refuse } from '../step-plans.ts'
import { requireReadableVault } from '../vault-access.ts'

type Databricks = NonNullable<OnboardingRequest['databricks']>

/** The scope's section and what follows from it. */
export interface ScopeSection {
  readonly scope: NonNullable<Databricks['secretScope']>
  readonly workspaceUrl: string
  readonly wish: SecretScopeWish
  /** For people: `secret scope steward-prod-etl in adb-1.2.azuredatabricks.net`. */
  readonly target: string
}

/**
 * A Key Vault backed scope on a vault of the onboarding's own, or a Databricks backed one with copies of this
 * principal's secrets only.
 */
export const secretScopeStep: Step = {
  name: 'secret-scope',
  needs: ['client-secret', 'access-token'],
  sees: ['secret-scope'],
  provides: ['secret-scope', 'secret-copy'],
  isWanted: ({ databricks }) => databricks?.secretScope !== undefined,
  plan: async (context) => {
    const section = scopeSectionOf(context)
    const { wish, target } = section
    const workspace = context.services.workspace(section.workspaceUrl)
    const [scopes] = await Promise.all([
      workspace.listSecretScopes(),
      wish.vault ? requireReadableVault(context, wish.vault) : undefined,
    ])
    const decision = decideSecretScope(wish, scopes)
    context.see('secret-scope', decision.kind === 'keep' ? { scopeName: wish.scopeName } : null)
    if (decision.kind === 'refuse') return refuse(explainDifference(decision.found, target))
    if (decision.kind === 'keep') {
      const foreign = await listForeignAcls(context, workspace, section)
      if (foreign) return refuse(foreign)
    }
    const copies = wish.vault === null ? copiesOf(context.request) : []
    const isCurrent = await Promise.all(
      copies.map(async (copy) => decision.kind === 'keep' && isCopyCurrent(context, workspace, wish.scopeName, copy)),
    )
    const stale = copies.filter((_copy, index) => !isCurrent[index])
    const changes: Change[] = []
    if (decision.kind === 'create') changes.push({ action: 'create', target, reason: 'missing' })
    for (const { secretName } of stale) {
      changes.push({ action: 'update', target, reason: `copy of ${secretName} not current` })
    }
    return {
      changes,
      apply: async (apply) => {
        const { clientSecret } = context.request
        const { scopeName } = wish
        if (decision.kind === 'create') await createScope(section, workspace, apply)
        // Rights on it can be given while its content is still on the way.
        apply.provide('secret-scope', {
          scopeName,
          backend: wish.vault ? 'key-vault' : 'databricks',
          secretReference: clientSecret ? secretReference(scopeName, clientSecret.secretName) : null,
        })
        if (stale.length > 0) {
          // Somebody may have let himself in since the look.
          const foreign = decision.kind === 'keep' ? await listForeignAcls(context, workspace, section) : null
          if (foreign) throw foreign
          await Promise.all(stale.map((copy) => copySecret(context, workspace, scopeName, copy, apply)))
        }
        apply.provide('secret-copy', { scopeName })
      },
    }
  },
}

export function scopeSectionOf({ request, config }: Pick<PlanContext, 'request' | 'config'>): ScopeSection {
  const { databricks } = request
  const scope = databricks?.secretScope
  if (!scope) throw new TypeError('the request has no secret scope')
  const scopeName = secretScopeName(config.instance, config.databricks?.scopePrefix, scope.name)
  const vault = config.vaults.find(({ url }) => url === scope.vault)
  return {
    scope,
    workspaceUrl: databricks.workspace,
    wish: { scopeName, vault: vault ? { resourceId: vault.resourceId, url: vault.url } : null },
    target: `secret scope ${scopeName} in ${new URL(databricks.workspace).hostname}`,
  }
}

/** Why a scope that is there cannot be used, or removed, as the one that the request describes. */
export function explainDifference({ backend, vault }: SecretScope, target: string): StewardError {
  const behind = backend === 'key-vault' ? `the Key Vault ${vault?.url}` : 'Azure Databricks itself'
  return new StewardError(
    'differs',
    `The ${target} is there, but its secrets are in ${behind}. A scope cannot be changed: ask for it as it is, choose another name, or have a workspace admin delete it.`,
  )
}

/** Whether others may read the scope, or fill it; the reason not to touch it, or null. */
export async function lookForOthers(
  { services }: Pick<PlanContext, 'services'>,
  workspace: DatabricksClient,
  { wish: { scopeName }, target }: ScopeSection,
  applicationId: string | undefined,
): Promise<StewardError | null> {
  const { clientId } = await services.whoAmI()
  const ours = applicationId === undefined ? [clientId] : [clientId, applicationId]
  return explainForeignAcls(workspace, { scopeName, target, ours })
}

async function listForeignAcls(
  context: PlanContext,
  workspace: DatabricksClient,
  section: ScopeSection,
): Promise<StewardError | null> {
  const application = await context.sighting('application')
  // The application is known sooner: lists of the workspace lag behind.
  const applicationId = application?.clientId ?? (await context.sighting('workspace-principal'))?.applicationId
  return lookForOthers(context, workspace, section, applicationId)
}

async function createScope(
  { wish, target }: ScopeSection,
  workspace: DatabricksClient,
  { guard }: ApplyContext,
): Promise<void> {
  guard()
  const outcome = await workspace.createSecretScope(wish.scopeName, wish.vault).catch(toUnknownOutcome)
  // Somebody else's, or our own whose answer was lost: the next look judges it.
  if (outcome !== 'created') throw lookAgain(`The ${target}`)
}

async function isCopyCurrent(
  context: PlanContext,
  workspace: DatabricksClient,
  scopeName: string,
  { vault, secretName, madeBy }: Copy,
): Promise<boolean> {
  const current = await context.sighting(madeBy)
  if (!current) return false
  const [copy, original] = await Promise.all([
    workspace.getSecretValue(scopeName, secretName),
    context.services.vault(vault).readSecretValue(secretName, current.version),
  ])
  return copy !== null && isSame(copy, original)
}

function isSame(a: Secret, b: Secret): boolean {
  return a.reveal() === b.reveal()
}

async function copySecret(
  { services }: PlanContext,
  workspace: DatabricksClient,
  scopeName: string,
  { madeBy }: Copy,
  apply: ApplyContext,
): Promise<void> {
  const { vault, secretName, version } = await apply.fact(madeBy)
  const value = await services.vault(vault).readSecretValue(secretName, version)
  apply.guard()
  await workspace.putSecret(scopeName, secretName, value)
}
