import type { EntraClient } from '../clients/entra/client.ts'
import type { GraphClient } from '../clients/graph/client.ts'
import { StewardError } from '../platform/errors.ts'
import type { Time } from '../platform/time.ts'
import type { CredentialProvider, LiveCredential } from './credential-provider.ts'

/** AADSTS7000222: the client secret has expired. */
const EXPIRED_SECRET = '7000222'

const DAY_MS = 24 * 60 * 60 * 1000

/** A client secret as the app registration lists it. */
interface PasswordCredential {
  readonly keyId: string
  readonly displayName: string | null
  readonly startsAt: Date
  readonly endsAt: Date
}

export interface ClientSecretProviderOptions {
  readonly graph: GraphClient
  readonly entra: EntraClient
  readonly time: Time
  /** Audience that every tenant has, for trying a client secret. */
  readonly trialAudience: string
  /** The application whose client secrets they are. */
  application(): Promise<{ readonly objectId: string; readonly clientId: string }>
  /** What the application has, alive or not. */
  listPasswords(): Promise<readonly PasswordCredential[]>
}

/** Client secrets of an app registration (https://learn.microsoft.com/graph/api/resources/passwordcredential). */
export function createClientSecretProvider(options: ClientSecretProviderOptions): CredentialProvider {
  const { graph, entra, time, trialAudience, application, listPasswords } = options
  return {
    kind: 'client-secret',
    tracksUse: false,

    listLive: async () => {
      const now = new Date(time.now())
      return (await listPasswords()).filter(({ endsAt }) => endsAt > now).map(toLiveCredential)
    },

    // A tenant's policy may limit lifetimes; only an attempt tells, and it makes nothing when refused.
    requireIssuable: async () => undefined,

    issue: async ({ mark, lifetimeDays }) => {
      const { objectId } = await application()
      const endsAt = new Date(time.now() + lifetimeDays * DAY_MS)
      const outcome = await graph.addPassword(objectId, { displayName: mark, endsAt })
      if (typeof outcome === 'string') return 'not-yet'
      return { credentialId: outcome.keyId, value: outcome.secret, expiresAt: outcome.endsAt }
    },

    use: async (secret) => {
      const { clientId } = await application()
      const verdict = await entra.tryClientSecret({ clientId, secret, audience: trialAudience }).catch(readExpired)
      return verdict === 'accepted' ? 'accepted' : 'not-accepted'
    },

    revoke: async (keyId) => {
      const outcome = await graph.removePassword((await application()).objectId, keyId)
      return outcome === 'removed' ? 'revoked' : outcome
    },
  }
}

/** A client secret that has expired is a plain no here; every other refusal stays thrown. */
function readExpired(error: unknown): 'expired' {
  if (error instanceof StewardError && error.data['aadsts'] === EXPIRED_SECRET) return 'expired'
  throw error
}

/** Microsoft Entra ID tells no last use. */
export function toLiveCredential({ keyId, displayName, startsAt, endsAt }: PasswordCredential): LiveCredential {
  return {
    credentialId: keyId,
    mark: displayName,
    createdAt: startsAt,
    expiresAt: endsAt,
    lastUsedDay: null,
    scopes: null,
  }
}
