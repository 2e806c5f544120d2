import type { HttpClient } from '../../platform/http/message.ts'
import type { Secret } from '../../platform/secret.ts'
import { createJsonApi } from '../json-api.ts'
import { type Application, type ApplicationCalls, applicationCalls } from './applications.ts'
import { type DeletedItem, type DeletedItemCalls, deletedItemCalls } from './deleted-items.ts'
import { parseGraphError } from './errors.ts'
import {
  type FederatedCredential,
  type FederatedCredentialCalls,
  federatedCredentialCalls,
} from './federated-credentials.ts'
import { type OwnershipCalls, ownershipCalls } from './ownership.ts'
import { type PasswordCalls, passwordCalls } from './passwords.ts'
import { type ServicePrincipal, type ServicePrincipalCalls, servicePrincipalCalls } from './service-principals.ts'

export type { Application, DeletedItem, FederatedCredential, ServicePrincipal }

/** Microsoft Graph v1.0, as far as Steward uses it. */
export type GraphClient = ApplicationCalls &
  OwnershipCalls &
  FederatedCredentialCalls &
  DeletedItemCalls &
  ServicePrincipalCalls &
  PasswordCalls

export interface GraphClientOptions {
  readonly http: HttpClient
  /** Gives a token for Graph. */
  readonly token: () => Promise<Secret>
  /** `graph.microsoft.com`, or that of another cloud. */
  readonly host: string
  /** Who calls, for messages: the client id of Steward's identity. */
  readonly identityLabel: string
}

/** Binds all calls to one cloud's Graph and one identity. */
export function createGraphClient({ http, token, host, identityLabel }: GraphClientOptions): GraphClient {
  const graph = createJsonApi({
    http,
    token,
    origin: `https://${host}`,
    identityLabel,
    contentType: 'application/json',
    parseError: parseGraphError,
  })
  return {
    ...applicationCalls(graph),
    ...ownershipCalls(graph),
    ...federatedCredentialCalls(graph),
    ...deletedItemCalls(graph),
    ...servicePrincipalCalls(graph),
    ...passwordCalls(graph),
  }
}
