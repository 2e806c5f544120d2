import { randomUUID } from 'node:crypto'
import type { CloudSettings } from '../settings.ts'
import { AZURE_DATABRICKS_APP_ID, MICROSOFT_GRAPH_APP_ID } from './clouds.ts'

/** A client secret as the directory keeps it; Graph shows all but the secret text. */
export interface PasswordCredential {
  readonly keyId: string
  readonly displayName: string | null
  readonly secretText: string
  readonly hint: string
  readonly startsAt: number
  readonly endsAt: number
  /** Sign-in with it fails (AADSTS7000215) before this time: credentials replicate slower than objects. */
  readonly usableAt: number
}

export interface FederatedIdentityCredential {
  readonly id: string
  readonly name: string
  readonly issuer: string
  readonly subject: string
  readonly audiences: readonly string[]
  readonly description: string | null
  readonly usableAt: number
}

export interface Application {
  readonly objectId: string
  readonly appId: string
  displayName: string
  readonly uniqueName: string | null
  signInAudience: string
  passwordCredentials: PasswordCredential[]
  federatedIdentityCredentials: FederatedIdentityCredential[]
  /** Object ids of the owners. */
  readonly ownerIds: Set<string>
  readonly createdAt: number
  /** Reads do not see the object before this time (replication). */
  readonly visibleAt: number
  deletedAt: number | null
  /** Other properties that were sent and are shown again. */
  readonly properties: Record<string, unknown>
}

export interface ServicePrincipal {
  readonly objectId: string
  readonly appId: string
  displayName: string
  readonly servicePrincipalType: 'Application' | 'ManagedIdentity'
  /** Graph application roles granted to it, e.g. `Application.ReadWrite.OwnedBy`. */
  readonly graphRoles: Set<string>
  /** Object ids of the owners. */
  readonly ownerIds: Set<string>
  readonly createdAt: number
  readonly visibleAt: number
  deletedAt: number | null
  /** Other properties that were sent and are shown again. */
  readonly properties: Record<string, unknown>
}

/** The tenant: Graph writes it, the token endpoint reads it. Keys are object ids. */
export interface Directory {
  readonly tenantId: string
  readonly applications: Map<string, Application>
  readonly servicePrincipals: Map<string, ServicePrincipal>
}

type Seed = Pick<ServicePrincipal, 'objectId' | 'appId' | 'displayName' | 'servicePrincipalType'>

/** A tenant with the managed identity, allowed to manage the applications it owns, and Microsoft's own principals. */
export function createDirectory({ tenantId, identity }: Pick<CloudSettings, 'tenantId' | 'identity'>): Directory {
  const directory: Directory = { tenantId, applications: new Map(), servicePrincipals: new Map() }
  const seed = (principal: Seed, graphRoles: readonly string[] = []): void => {
    directory.servicePrincipals.set(principal.objectId, {
      ...principal,
      graphRoles: new Set(graphRoles),
      ownerIds: new Set(),
      createdAt: 0,
      visibleAt: 0,
      deletedAt: null,
      properties: {},
    })
  }
  const seedFirstParty = (appId: string, displayName: string): void =>
    seed({ objectId: randomUUID(), appId, displayName, servicePrincipalType: 'Application' })

  seed(
    {
      objectId: identity.objectId,
      appId: identity.clientId,
      displayName: identity.name,
      servicePrincipalType: 'ManagedIdentity',
    },
    ['Application.ReadWrite.OwnedBy', 'Application.Read.All'],
  )
  seedFirstParty(MICROSOFT_GRAPH_APP_ID, 'Microsoft Graph')
  seedFirstParty(AZURE_DATABRICKS_APP_ID, 'AzureDatabricks')
  return directory
}

interface Replicated {
  readonly visibleAt: number
  readonly deletedAt: number | null
}

/** Whether replicas know the object, and know it as not deleted. */
export function isThere({ visibleAt, deletedAt }: Replicated, now: number): boolean {
  return deletedAt === null && visibleAt <= now
}

/** The live object with this client id; client ids compare without regard to case. */
export function findByAppId<T extends Replicated & { readonly appId: string }>(
  objects: ReadonlyMap<string, T>,
  appId: string,
  now: number,
): T | undefined {
  return [...objects.values()].find(
    (object) => isThere(object, now) && object.appId.toLowerCase() === appId.toLowerCase(),
  )
}
