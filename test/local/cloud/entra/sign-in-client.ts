import { randomUUID } from 'node:crypto'
import type {
  Application,
  FederatedIdentityCredential,
  PasswordCredential,
} from '../../../../local/cloud/entra/directory.ts'
import { createDirectory } from '../../../../local/cloud/entra/directory.ts'
import { createEntraService } from '../../../../local/cloud/entra/service.ts'
import { createTokenAuthority } from '../../../../local/cloud/entra/token-authority.ts'
import type { Claims } from '../../../../local/cloud/entra/tokens.ts'
import type { CloudService } from '../../../../local/cloud/service.ts'
import type { SigningWorld } from '../../../../local/cloud/world.ts'
import { createPretendWorld, dispatch, TENANT_ID } from '../pretend-world.ts'

export const DATABRICKS = '2ff814a6-3304-4ab8-85cb-cd0e6f879c1d'
export const DAY_MS = 24 * 3600_000

export interface Answer {
  readonly status: number
  // biome-ignore lint/suspicious/noExplicitAny: answers are looked into from many sides, as a client in JavaScript would
  readonly body: any
}

export interface SignInClient {
  readonly world: SigningWorld
  readonly service: CloudService
  get(url: string): Promise<Answer>
  /** Posts a form to a token endpoint; version 2 of the public cloud unless another URL is given. */
  requestToken(form: Readonly<Record<string, string>>, url?: string): Promise<Answer>
}

export function createSignInClient(): SignInClient {
  const pretend = createPretendWorld()
  const { clock } = pretend
  const directory = createDirectory(pretend.settings)
  const world: SigningWorld = { ...pretend, directory, tokens: createTokenAuthority({ clock, directory }) }
  const service = createEntraService(world, world.tokens)
  const send = async (method: string, url: string, form?: Readonly<Record<string, string>>): Promise<Answer> => {
    const body = form === undefined ? '' : new URLSearchParams(form).toString()
    const headers = { 'content-type': 'application/x-www-form-urlencoded', 'client-request-id': 'mine' }
    return { body: undefined, ...(await dispatch(service, { method, url, headers, body })) }
  }
  return {
    world,
    service,
    get: (url) => send('GET', url),
    requestToken: (form, url = `https://login.microsoftonline.com/${TENANT_ID}/oauth2/v2.0/token`) =>
      send('POST', url, form),
  }
}

export interface Registration {
  readonly application: Application
  readonly servicePrincipalId: string
}

/** Puts an application with its service principal into the directory. */
export function register(
  { directory, clock }: SigningWorld,
  credentials: {
    readonly secret?: Partial<PasswordCredential>
    readonly federated?: Partial<FederatedIdentityCredential>
  } = {},
): Registration {
  const now = clock.now()
  const common = { appId: randomUUID(), displayName: 'etl', createdAt: now, visibleAt: now, deletedAt: null }
  const secret: PasswordCredential = {
    keyId: randomUUID(),
    displayName: null,
    secretText: 'right',
    hint: 'rig',
    startsAt: now,
    endsAt: now + DAY_MS,
    usableAt: now,
    ...credentials.secret,
  }
  const federated: FederatedIdentityCredential = {
    id: randomUUID(),
    name: 'steward',
    issuer: `https://login.microsoftonline.com/${TENANT_ID}/v2.0`,
    subject: '',
    audiences: ['api://AzureADTokenExchange'],
    description: null,
    usableAt: now,
    ...credentials.federated,
  }
  const application: Application = {
    ...common,
    objectId: randomUUID(),
    uniqueName: null,
    signInAudience: 'AzureADMyOrg',
    passwordCredentials: [secret],
    federatedIdentityCredentials: credentials.federated === undefined ? [] : [federated],
    ownerIds: new Set(),
    properties: {},
  }
  const servicePrincipalId = randomUUID()
  directory.applications.set(application.objectId, application)
  directory.servicePrincipals.set(servicePrincipalId, {
    ...common,
    objectId: servicePrincipalId,
    servicePrincipalType: 'Application',
    graphRoles: new Set(),
    ownerIds: new Set(),
    properties: {},
  })
  return { application, servicePrincipalId }
}

export function readClaims(token: string): Claims {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
}
