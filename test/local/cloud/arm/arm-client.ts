import { createRbac } from '../../../../local/cloud/arm/rbac.ts'
import { listResources } from '../../../../local/cloud/arm/resources.ts'
import { seedRoleAssignments } from '../../../../local/cloud/arm/seeds.ts'
import { createArmService } from '../../../../local/cloud/arm/service.ts'
import { createDirectory, type ServicePrincipal } from '../../../../local/cloud/entra/directory.ts'
import { createVaults } from '../../../../local/cloud/keyvault/vault-state.ts'
import type { CloudService } from '../../../../local/cloud/service.ts'
import { DEFAULT_SETTINGS } from '../../../../local/cloud/settings.ts'
import type { World } from '../../../../local/cloud/world.ts'
import { createPretendWorld, dispatch, issueToken } from '../pretend-world.ts'

export const ARM = 'https://management.azure.com'
export const IDENTITY = DEFAULT_SETTINGS.identity
export const VERSION = '2022-04-01'

export const roles = {
  reader: 'acdd72a7-3385-48ef-bd42-f606fba81ae7',
  owner: '8e3af657-a8ff-443c-a75c-2fe8c4bcb635',
  dataScientist: 'f6c7c914-8db3-469d-8ca1-694a8f32e121',
  computeOperator: 'e503ece1-11d0-4e8e-8e2c-7a6c3bf38815',
}

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  // biome-ignore lint/suspicious/noExplicitAny: answers are looked into from many sides, as a client in JavaScript would
  readonly body: any
}

export interface Caller {
  readonly objectId: string
  readonly clientId: string
}

export interface ArmClient {
  readonly world: World
  readonly service: CloudService
  /** A GUID-named principal in the directory, created by the pretend clock's present. */
  addPrincipal(principal?: Partial<ServicePrincipal>): Caller
  idOf(name: string): string
  /** As the managed identity, unless another caller is given; the version is put in where the path has none. */
  send(method: string, path: string, body?: unknown, caller?: Caller): Promise<Answer>
}

/** The subscription of the settings, with their managed identity. */
export function createArmClient(): ArmClient {
  const pretend = createPretendWorld()
  const settings = DEFAULT_SETTINGS
  const directory = createDirectory(settings)
  const world: World = {
    ...pretend,
    settings,
    directory,
    rbac: createRbac(() => seedRoleAssignments(settings, directory)),
    vaults: createVaults(settings),
  }
  const service = createArmService(world)
  return {
    world,
    service,
    addPrincipal: (principal = {}) => {
      const added: ServicePrincipal = {
        objectId: crypto.randomUUID(),
        appId: crypto.randomUUID(),
        displayName: 'etl-prod',
        servicePrincipalType: 'Application',
        graphRoles: new Set(),
        ownerIds: new Set(),
        createdAt: world.clock.now(),
        visibleAt: 0,
        deletedAt: null,
        properties: {},
        ...principal,
      }
      directory.servicePrincipals.set(added.objectId, added)
      return { objectId: added.objectId, clientId: added.appId }
    },
    idOf: (name) => {
      const found = listResources(settings).find((resource) => resource.name === name)
      if (found === undefined) throw new Error(`no resource ${name}`)
      return found.id
    },
    send: async (method, path, body, caller = IDENTITY) => {
      const url = new URL(`${ARM}${path}`)
      if (!url.searchParams.has('api-version')) url.searchParams.set('api-version', VERSION)
      const response = await dispatch(service, {
        method,
        url: url.href,
        headers: { authorization: `Bearer ${issueToken(world.clock, `${ARM}/`, caller)}` },
        body: body === undefined ? '' : JSON.stringify(body),
      })
      return { headers: {}, body: undefined, ...response }
    },
  }
}

export function assignmentPath(scope: string, name: string = crypto.randomUUID()): string {
  return `${scope}/providers/Microsoft.Authorization/roleAssignments/${name}`
}

/** Body of a create, as Steward sends it. */
export function assignmentBody(
  principalId: string,
  roleId: string,
  more: Readonly<Record<string, unknown>> = { principalType: 'ServicePrincipal' },
): unknown {
  const roleDefinitionId = `/subscriptions/${DEFAULT_SETTINGS.subscriptionId}/providers/Microsoft.Authorization/roleDefinitions/${roleId}`
  return { properties: { roleDefinitionId, principalId, ...more } }
}
