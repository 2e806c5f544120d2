import { MICROSOFT_GRAPH_APP_ID } from '../entra/clouds.ts'
import type {
  Application,
  FederatedIdentityCredential,
  PasswordCredential,
  ServicePrincipal,
} from '../entra/directory.ts'
import { graphRoleIds, graphRoles } from './roles.ts'

/** Tenant of Microsoft's own applications. */
const MICROSOFT_TENANT_ID = 'f8cdef31-a31e-4b4a-93e4-5f571e91255a'

/** Graph writes object times in whole seconds. */
function formatSeconds(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19)}Z`
}

function formatDeleted(deletedAt: number | null): string | null {
  return deletedAt === null ? null : formatSeconds(deletedAt)
}

/** Without the secret text, which only the call that made it may show. */
export function renderPassword(credential: PasswordCredential): Record<string, unknown> {
  return {
    customKeyIdentifier: null,
    displayName: credential.displayName,
    endDateTime: new Date(credential.endsAt).toISOString(),
    hint: credential.hint,
    keyId: credential.keyId,
    secretText: null,
    startDateTime: new Date(credential.startsAt).toISOString(),
  }
}

export function renderFederatedCredential(credential: FederatedIdentityCredential): Record<string, unknown> {
  const { id, name, issuer, subject, description, audiences } = credential
  return { id, name, issuer, subject, description, audiences }
}

export function renderApplication(application: Application): Record<string, unknown> {
  return {
    id: application.objectId,
    deletedDateTime: formatDeleted(application.deletedAt),
    appId: application.appId,
    applicationTemplateId: null,
    disabledByMicrosoftStatus: null,
    createdDateTime: formatSeconds(application.createdAt),
    displayName: application.displayName,
    description: null,
    groupMembershipClaims: null,
    identifierUris: [],
    isDeviceOnlyAuthSupported: null,
    isFallbackPublicClient: null,
    notes: null,
    publisherDomain: 'localcloud.onmicrosoft.com',
    serviceManagementReference: null,
    signInAudience: application.signInAudience,
    tags: [],
    tokenEncryptionKeyId: null,
    uniqueName: application.uniqueName,
    addIns: [],
    appRoles: [],
    keyCredentials: [],
    requiredResourceAccess: [],
    ...application.properties,
    passwordCredentials: application.passwordCredentials.map(renderPassword),
  }
}

function renderAppRoles(): readonly object[] {
  return graphRoles.map((role) => ({
    allowedMemberTypes: ['Application'],
    description: role,
    displayName: role,
    id: graphRoleIds[role],
    isEnabled: true,
    origin: 'Application',
    value: role,
  }))
}

export function renderServicePrincipal(
  principal: ServicePrincipal,
  application: Application | undefined,
  tenantId: string,
): Record<string, unknown> {
  const isMicrosofts = application === undefined && principal.servicePrincipalType === 'Application'
  return {
    id: principal.objectId,
    deletedDateTime: formatDeleted(principal.deletedAt),
    accountEnabled: true,
    alternativeNames: [],
    appDescription: null,
    appDisplayName: application?.displayName ?? principal.displayName,
    appId: principal.appId,
    applicationTemplateId: null,
    appOwnerOrganizationId: isMicrosofts ? MICROSOFT_TENANT_ID : tenantId,
    appRoleAssignmentRequired: false,
    description: null,
    disabledByMicrosoftStatus: null,
    displayName: principal.displayName,
    homepage: null,
    loginUrl: null,
    logoutUrl: null,
    notes: null,
    notificationEmailAddresses: [],
    preferredSingleSignOnMode: null,
    preferredTokenSigningKeyThumbprint: null,
    replyUrls: [],
    servicePrincipalNames: [principal.appId],
    servicePrincipalType: principal.servicePrincipalType,
    signInAudience: application?.signInAudience ?? 'AzureADMultipleOrgs',
    tags: [],
    tokenEncryptionKeyId: null,
    addIns: [],
    appRoles: principal.appId === MICROSOFT_GRAPH_APP_ID ? renderAppRoles() : [],
    keyCredentials: [],
    oauth2PermissionScopes: [],
    passwordCredentials: [],
    resourceSpecificApplicationPermissions: [],
    ...principal.properties,
  }
}
