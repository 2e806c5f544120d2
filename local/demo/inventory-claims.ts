import { createHash } from 'node:crypto'
import type { OnboardingView } from '../../src/onboarding/view.ts'
import { type Inventory, takeInventory } from '../inspection.ts'
import type { Stack } from '../stack.ts'
import type { ClaimBook } from './claims.ts'
import type { DemoRequest } from './request.ts'

/** What the onboarding left behind, seen from the cloud's side. */
export async function checkInventory(
  { control }: Stack,
  book: ClaimBook,
  request: DemoRequest,
  { result }: OnboardingView,
): Promise<void> {
  const inventory = await takeInventory(control)
  const workspace = findWorkspace(inventory, request)
  const { clientId = '' } = result

  await book.check('there is one application with our mark, and one service principal for it', async () => {
    const applications = inventory.applications.filter(
      ({ uniqueName }) => uniqueName === `steward-prod-${request.name}`,
    )
    const principals = inventory.servicePrincipals.filter(({ appId }) => appId === clientId)
    const ok = applications.length === 1 && principals.length === 1 && applications[0]?.appId === clientId
    return { ok, detail: `client id ${clientId}` }
  })
  await book.check('the workspace has the principal with its entitlements, in its groups', async () => {
    const principals = workspace.servicePrincipals.filter(({ applicationId }) => applicationId === clientId)
    const entitlements = principals[0]?.entitlements?.map(({ value }) => value) ?? []
    const groups = principals[0]?.groups?.map(({ display }) => display) ?? []
    const { databricks } = request
    const ok =
      principals.length === 1 &&
      databricks.entitlements.every((wished) => entitlements.includes(wished)) &&
      databricks.groups.every((wished) => groups.includes(wished))
    return { ok, detail: `${entitlements.join(', ')}; groups ${groups.join(', ')}` }
  })
  await book.check('a Key Vault backed scope is there, and the principal alone may read it', async () => {
    const scope = workspace.scopes.find(({ name }) => name === result.databricks?.secretScope?.name)
    const readers =
      scope?.acls.filter(({ permission }) => permission === 'READ').map(({ principal }) => principal) ?? []
    const ok = scope?.backend === 'AZURE_KEYVAULT' && readers.length === 1 && readers[0] === clientId
    return { ok, detail: `${scope?.name}, READ for ${readers.join(', ')}` }
  })
  await book.check('the principal is the one owner of the job', async () => {
    const jobs = workspace.jobs.filter(({ settings }) => settings.name === request.databricks.job.name)
    const owner = jobs[0]?.owner
    const ok = jobs.length === 1 && owner?.kind === 'service-principal' && owner.name === clientId
    return { ok, detail: `job ${jobs[0]?.jobId}, owner ${owner?.name}` }
  })
  await book.check("the job's run, as the principal, read the very secret that is in the vault", async () => {
    const { values } = await control.command<{ values: { vault: string; name: string; value: string }[] }>(
      'keyvault',
      'values',
    )
    const { vault, secretName } = request.clientSecret
    const stored = values.filter((value) => vault.endsWith(value.vault) && value.name === secretName).at(-1)
    const run = workspace.runs.find(({ runId }) => runId === result.databricks?.job?.run?.runId)
    const read = run?.tasks.flatMap(({ resolvedSecrets }) => resolvedSecrets) ?? []
    const ok = read.length === 1 && stored !== undefined && read[0]?.sha256 === sha256(stored.value)
    return { ok, detail: `run ${run?.runId} ${result.databricks?.job?.run?.result}` }
  })
  await book.check('the principal has its roles on the Azure Machine Learning workspace and registry', async () => {
    const held = inventory.roleAssignments.filter(({ principalId }) => principalId === result.servicePrincipalObjectId)
    const { machineLearning } = request
    const names = held.map(({ roleName, scope }) => `${roleName} on ${scope.split('/').at(-1)}`)
    const wished = machineLearning.roles.length + machineLearning.registryRoles.length
    const ok =
      held.length === wished &&
      held.every(({ description }) => description === `steward/prod/${request.name}`) &&
      result.machineLearning?.config?.workspace_name === machineLearning.workspace.split('/').at(-1)
    return { ok, detail: names.join(', ') }
  })
}

export function findWorkspace({ workspaces }: Inventory, { databricks }: DemoRequest): Inventory['workspaces'][number] {
  const found = workspaces.find(({ workspace }) => databricks.workspace.endsWith(workspace))
  if (found) return found
  throw new Error(`the pretend Azure has no workspace ${databricks.workspace}`)
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
