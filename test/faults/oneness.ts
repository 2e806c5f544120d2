import { expect } from 'vitest'
import { takeInventory } from '../../local/inspection.ts'
import { createOutsider } from '../../local/outsider.ts'
import type { Stack } from '../../local/stack.ts'

/** Sees that there is exactly one of everything that an onboarding of this name makes, and that its secret works. */
export async function expectOneOfEverything({ control, cloud }: Stack, name: string): Promise<void> {
  const inventory = await takeInventory(control)
  const applications = inventory.applications.filter(({ displayName }) => displayName === name)
  expect(applications.map(({ uniqueName }) => uniqueName)).toEqual([`steward-prod-${name}`])
  const [application] = applications
  const clientId = application?.appId ?? ''
  expect(inventory.servicePrincipals.filter(({ appId }) => appId === clientId)).toHaveLength(1)
  expect(application?.passwordCredentials).toHaveLength(1)
  const secrets = inventory.secrets.filter((secret) => secret.name === `${name}-secret`)
  expect(secrets.map(({ versions }) => versions.length)).toEqual([1])
  expect(secrets[0]?.versions[0]?.tags?.['steward-key-id']).toBe(application?.passwordCredentials[0]?.keyId)
  const { values } = await control.command<{ values: { name: string; value: string }[] }>('keyvault', 'values')
  const value = values.find((secret) => secret.name === `${name}-secret`)?.value ?? ''
  const outsider = await createOutsider(cloud)
  expect(await outsider.signIn(clientId, value, 'https://graph.microsoft.com')).not.toBeNull()
  await expectOnePrincipal({ control }, name)
}

/** Sees that the workspace has exactly one principal of this name, in its group. */
export async function expectOnePrincipal({ control }: Pick<Stack, 'control'>, name: string): Promise<void> {
  const { workspaces } = await takeInventory(control)
  const principals = (workspaces[0]?.servicePrincipals ?? []).filter(({ displayName }) => displayName === name)
  expect(principals.map(({ externalId }) => externalId)).toEqual([`steward/prod/${name}`])
  expect(principals[0]?.groups?.map(({ display }) => display)).toContain('etl')
}
