import { z } from 'zod'
import { parseProperties, refuseReadOnly, requireProperty } from './body.ts'
import { badRequest } from './errors.ts'

/** What Graph chooses when nothing is sent: more open than anybody wants. */
export const DEFAULT_SIGN_IN_AUDIENCE = 'AzureADandPersonalMicrosoftAccount'

const complex = z.record(z.string(), z.unknown()).nullable()

const complexes = z.array(z.record(z.string(), z.unknown()))

const text = z.string().nullable()

const writable = z
  .strictObject({
    '@odata.type': z.literal('#microsoft.graph.application'),
    addIns: complexes,
    api: complex,
    appRoles: complexes,
    authenticationBehaviors: complex,
    defaultRedirectUri: text,
    description: z.string().max(1024).nullable(),
    displayName: z.string().min(1).max(256),
    groupMembershipClaims: text,
    identifierUris: z.array(z.string()),
    info: complex,
    isDeviceOnlyAuthSupported: z.boolean().nullable(),
    isDisabled: z.boolean().nullable(),
    isFallbackPublicClient: z.boolean().nullable(),
    keyCredentials: complexes,
    nativeAuthenticationApisEnabled: z.enum(['none', 'all']).nullable(),
    notes: text,
    oauth2RequirePostResponse: z.boolean(),
    optionalClaims: complex,
    'owners@odata.bind': z.array(z.string()),
    parentalControlSettings: complex,
    publicClient: complex,
    requestSignatureVerification: complex,
    requiredResourceAccess: complexes,
    samlMetadataUrl: text,
    serviceManagementReference: text,
    servicePrincipalLockConfiguration: complex,
    signInAudience: z.enum([
      'AzureADMyOrg',
      'AzureADMultipleOrgs',
      'AzureADandPersonalMicrosoftAccount',
      'PersonalMicrosoftAccount',
    ]),
    spa: complex,
    tags: z.array(z.string().max(256)),
    tokenEncryptionKeyId: z.guid().nullable(),
    uniqueName: z.string().min(1),
    web: complex,
  })
  .partial()

const readOnly = [
  'id',
  'appId',
  'applicationTemplateId',
  'certification',
  'createdByAppId',
  'createdDateTime',
  'deletedDateTime',
  'disabledByMicrosoftStatus',
  'publisherDomain',
  'verifiedPublisher',
]

export interface ApplicationBody {
  readonly displayName: string | undefined
  readonly signInAudience: string | undefined
  readonly uniqueName: string | undefined
  /** Reference URLs of the owners that were bound. */
  readonly owners: readonly string[]
  /** What is only kept and shown again. */
  readonly properties: Readonly<Record<string, unknown>>
}

function parseApplication(json: Readonly<Record<string, unknown>>): ApplicationBody {
  refuseReadOnly(json, readOnly)
  if ('passwordCredentials' in json) {
    throw badRequest(
      "Property 'passwordCredentials' cannot be set here. Use addPassword and removePassword to change the client secrets of an application.",
    )
  }
  const {
    displayName,
    signInAudience,
    uniqueName,
    'owners@odata.bind': owners = [],
    '@odata.type': _,
    ...properties
  } = parseProperties(writable, json, 'Application')
  return { displayName, signInAudience, uniqueName, owners, properties }
}

export function parseNewApplication(
  json: Readonly<Record<string, unknown>>,
): ApplicationBody & { readonly displayName: string } {
  requireProperty(json['displayName'], 'displayName', 'Application')
  const parsed = parseApplication(json)
  return { ...parsed, displayName: parsed.displayName ?? '' }
}

/** `uniqueName` is immutable: a change may only repeat it. */
export function parseApplicationChange(
  json: Readonly<Record<string, unknown>>,
  current: string | null,
): ApplicationBody {
  const parsed = parseApplication(json)
  if (parsed.uniqueName !== undefined && parsed.uniqueName !== current) refuseReadOnly(json, ['uniqueName'])
  if (parsed.owners.length > 0) throw badRequest("Invalid property 'owners@odata.bind'.")
  return parsed
}
