import { expect } from 'vitest'
import type { CloudControl } from '../../local/cloud/control.ts'
import { takeInventory } from '../../local/inspection.ts'
import { describeWorkspace } from './databricks-inspection.ts'
import type { FaultRequest } from './requests.ts'

interface Vaults {
  readonly vaults: readonly {
    readonly vault: string
    readonly secrets: readonly { readonly name: string; readonly stage: string }[]
  }[]
}

/** Sees that an offboarding has left nothing but what can be recovered for a while: the application and the vault's secret. */
export async function expectNothingLeft(control: CloudControl, request: FaultRequest): Promise<void> {
  const { name, clientSecret, databricks } = request
  const [{ applications, roleAssignments }, { vaults }, workspace] = await Promise.all([
    takeInventory(control),
    control.command<Vaults>('keyvault', 'inspect'),
    describeWorkspace(control),
  ])
  const own = applications.filter(({ displayName }) => displayName === name)
  expect(
    own.map(({ deletedDateTime, passwordCredentials }) => [Boolean(deletedDateTime), passwordCredentials]),
  ).toEqual([[true, []]])
  const stages = vaults
    .filter(({ vault }) => clientSecret.vault.endsWith(vault))
    .flatMap(({ secrets }) => secrets.filter((secret) => secret.name === clientSecret.secretName))
    .map(({ stage }) => stage)
  expect(stages).toEqual(['deleted'])
  expect({
    roleAssignments: roleAssignments.filter(({ description }) => description === `steward/prod/${name}`),
    principals: workspace.servicePrincipals.filter(({ displayName }) => displayName === name),
    scopes: workspace.scopes.filter((scope) => scope.name === `steward-prod-${name}`),
    jobs: workspace.jobs.filter(({ settings }) => settings.name === databricks.job?.name),
    objects: workspace.objects.filter(({ path }) => `${path}/`.startsWith(`/Steward/prod/${name}/`)),
  }).toEqual({ roleAssignments: [], principals: [], scopes: [], jobs: [], objects: [] })
}
