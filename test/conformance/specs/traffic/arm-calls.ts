import type { Stack } from '../../../../local/stack.ts'
import type { Sender } from './sender.ts'

const ARM = 'https://management.azure.com'
const AUTHORIZATION = 'providers/Microsoft.Authorization'
const DATABRICKS_APP_ID = '2ff814a6-3304-4ab8-85cb-cd0e6f879c1d'
const READER = 'acdd72a7-3385-48ef-bd42-f606fba81ae7'
const OWNER = '8e3af657-a8ff-443c-a75c-2fe8c4bcb635'
const UNKNOWN = '00000000-1111-4222-8333-444444444444'

/** The calls and refusals of Resource Manager that onboardings do not happen to need. */
export async function callResourceManager({ send }: Sender, { control, cloud }: Stack): Promise<void> {
  const { subscriptionId, identity } = cloud.settings
  const subscription = `/subscriptions/${subscriptionId}`
  const { servicePrincipals } = await control.command<{ servicePrincipals: { objectId: string; appId: string }[] }>(
    'entra',
    'inspect',
  )
  const principalId = servicePrincipals.find(({ appId }) => appId === DATABRICKS_APP_ID)?.objectId
  const seed = { scope: subscription, principalId: identity.objectId, role: 'Reader' }
  await control.command('arm', 'assign', seed)

  const machineLearning = `${ARM}${subscription}/resourceGroups/rg-ml/providers/Microsoft.MachineLearningServices`
  const workspace = `${machineLearning}/workspaces/mlw-test`
  const registry = `${machineLearning}/registries/mlr-shared`
  await send(401, 'GET', `${workspace}?api-version=2024-04-01`, { isAnonymous: true })
  await send(200, 'GET', `${workspace}?api-version=2024-04-01`)
  await send(404, 'GET', `${workspace}-2?api-version=2024-04-01`)
  await send(200, 'GET', `${registry}?api-version=2024-04-01`)
  await send(404, 'GET', `${registry}-2?api-version=2024-04-01`)

  const version = 'api-version=2022-04-01'
  const assignments = `${workspace}/${AUTHORIZATION}/roleAssignments`
  const nameOf = (last: number): string => `00000000-1111-4222-8333-00000000000${last}`
  const give = (roleId: string) => ({
    body: {
      properties: {
        roleDefinitionId: `${subscription}/${AUTHORIZATION}/roleDefinitions/${roleId}`,
        principalId,
        principalType: 'ServicePrincipal',
        description: 'conformance',
      },
    },
  })
  await send(201, 'PUT', `${assignments}/${nameOf(1)}?${version}`, give(READER))
  await send(200, 'PUT', `${assignments}/${nameOf(1)}?${version}`, give(READER))
  await send(409, 'PUT', `${assignments}/${nameOf(2)}?${version}`, give(READER))
  await send(403, 'PUT', `${assignments}/${nameOf(2)}?${version}`, give(OWNER))
  await send(200, 'GET', `${assignments}/${nameOf(1)}?${version}`)
  await send(404, 'GET', `${assignments}/${nameOf(2)}?${version}`)
  await send(200, 'GET', `${assignments}?${version}&$filter=${encodeURIComponent(`principalId eq '${principalId}'`)}`)
  await send(200, 'GET', `${ARM}${subscription}/${AUTHORIZATION}/roleAssignments?${version}&$filter=atScope()`)
  await send(400, 'GET', `${assignments}?${version}&$filter=${encodeURIComponent("name eq 'x'")}`)
  for (let count = 0; count < 60; count += 1) {
    await control.command('arm', 'assign', { scope: 'mlw-test', principalId: crypto.randomUUID(), role: 'Reader' })
  }
  const page = await send(200, 'GET', `${assignments}?${version}`)
  await send(200, 'GET', String(page['nextLink']))
  await send(200, 'DELETE', `${assignments}/${nameOf(1)}?${version}`)
  await send(204, 'DELETE', `${assignments}/${nameOf(1)}?${version}`)

  const definitions = `${workspace}/${AUTHORIZATION}/roleDefinitions`
  await send(200, 'GET', `${definitions}?${version}`)
  await send(200, 'GET', `${definitions}?${version}&$filter=${encodeURIComponent("roleName eq 'Reader'")}`)
  await send(200, 'GET', `${definitions}/${READER}?${version}`)
  await send(404, 'GET', `${definitions}/${UNKNOWN}?${version}`)

  const permissions = `${AUTHORIZATION}/permissions?${version}`
  await send(200, 'GET', `${workspace}/${permissions}`)
  await send(200, 'GET', `${workspace}/batchEndpoints/heart-disease/${permissions}`)
  await send(404, 'GET', `${workspace}-2/${permissions}`)
  await control.command('arm', 'unassign', seed)
}
