import { createHash } from 'node:crypto'
import { expect } from 'vitest'
import { takeInventory } from '../../local/inspection.ts'
import { createOutsider } from '../../local/outsider.ts'
import type { Stack } from '../../local/stack.ts'
import { describeWorkspace } from './databricks-inspection.ts'
import type { FaultRequest } from './requests.ts'

/** Sees that there is exactly one of everything that the onboarding makes, and that its secret works. */
export async function expectOneOfEverything({ control, cloud }: Stack, request: FaultRequest): Promise<void> {
  const { name, clientSecret } = request
  const inventory = await takeInventory(control)
  const applications = inventory.applications.filter(
    ({ displayName, deletedDateTime }) => displayName === name && !deletedDateTime,
  )
  expect(applications.map(({ uniqueName }) => uniqueName)).toEqual([`steward-prod-${name}`])
  const [application] = applications
  const clientId = application?.appId ?? ''
  expect(inventory.servicePrincipals.filter(({ appId }) => appId === clientId)).toHaveLength(1)
  expect(application?.passwordCredentials).toHaveLength(1)
  const isOurs = (secret: { readonly vault: string; readonly name: string }): boolean =>
    clientSecret.vault.endsWith(secret.vault) && secret.name === clientSecret.secretName
  const secrets = inventory.secrets.filter(isOurs)
  expect(secrets.map(({ versions }) => versions.length)).toEqual([1])
  expect(secrets[0]?.versions[0]?.tags?.['steward-key-id']).toBe(application?.passwordCredentials[0]?.keyId)
  const { values } = await control.command<{ values: { vault: string; name: string; value: string }[] }>(
    'keyvault',
    'values',
  )
  const value = values.find(isOurs)?.value ?? ''
  const outsider = await createOutsider(cloud)
  expect(await outsider.signIn(clientId, value, 'https://graph.microsoft.com')).not.toBeNull()
  await expectOnePrincipal({ control }, name)
  if (request.databricks.job) await expectOneJob({ control }, request, clientId, value)
  if (request.machineLearning) {
    const { roles, registryRoles } = request.machineLearning
    const held = inventory.roleAssignments.filter(({ description }) => description === `steward/prod/${name}`)
    expect(held.map(({ roleName }) => roleName).sort()).toEqual([...roles, ...registryRoles].sort())
    expect(new Set(held.map(({ principalId }) => principalId)).size).toBe(1)
  }
}

/** Sees that the workspace has exactly one principal of this name, in its group. */
export async function expectOnePrincipal({ control }: Pick<Stack, 'control'>, name: string): Promise<void> {
  const { workspaces } = await takeInventory(control)
  const principals = (workspaces[0]?.servicePrincipals ?? []).filter(({ displayName }) => displayName === name)
  expect(principals.map(({ externalId }) => externalId)).toEqual([`steward/prod/${name}`])
  expect(principals[0]?.groups?.map(({ display }) => display)).toContain('etl')
}

/** Sees one scope that the principal alone reads, one notebook, one job of one owner, and one run that read the secret. */
async function expectOneJob(
  { control }: Pick<Stack, 'control'>,
  { name, clientSecret, databricks: { secretScope, job } }: FaultRequest,
  clientId: string,
  value: string,
): Promise<void> {
  const { scopes, objects, jobs, runs, grants } = await describeWorkspace(control)
  const own = scopes.filter((scope) => scope.name === `steward-prod-${name}`)
  const isCopied = secretScope?.backend !== 'key-vault'
  expect(own.map(({ backend }) => backend)).toEqual([isCopied ? 'DATABRICKS' : 'AZURE_KEYVAULT'])
  expect(own[0]?.acls.filter(({ permission }) => permission === 'READ')).toEqual([
    { principal: clientId, permission: 'READ' },
  ])
  if (isCopied) expect(own[0]?.keys).toEqual([clientSecret.secretName])

  const notebooks = objects.filter(({ kind, path }) => kind === 'notebook' && path.startsWith(`/Steward/prod/${name}/`))
  expect(notebooks.map(({ path }) => path)).toEqual([`/Steward/prod/${name}/${job?.name}`])
  const principal = { kind: 'service-principal', name: clientId }
  expect(grants[`notebooks/${notebooks[0]?.objectId}`]).toContainEqual({ ...principal, level: 'CAN_READ' })

  const ownJobs = jobs.filter(({ settings }) => settings.name === job?.name)
  expect(ownJobs.map(({ owner }) => owner)).toEqual([principal])
  const jobId = ownJobs[0]?.jobId
  const managers = job?.managers.map((group) => ({ kind: 'group', name: group, level: 'CAN_MANAGE' })) ?? []
  const byLevel = (a: { level: string }, b: { level: string }): number => a.level.localeCompare(b.level)
  expect(grants[`jobs/${jobId}`]?.toSorted(byLevel)).toEqual([...managers, { ...principal, level: 'IS_OWNER' }])
  const read = { scope: `steward-prod-${name}`, key: clientSecret.secretName, sha256: sha256(value) }
  expect(runs.filter((run) => run.jobId === jobId).map(({ tasks }) => tasks)).toMatchObject([
    [{ resolvedSecrets: [read], progress: { kind: 'ended', outcome: { resultState: 'SUCCESS' } } }],
  ])
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
