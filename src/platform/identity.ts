import type { TokenCredential } from '@azure/identity'
import { z } from 'zod'
import type { Cloud } from './clouds.ts'
import { StewardError } from './errors.ts'
import { rememberSuccess } from './remember.ts'
import { Secret } from './secret.ts'
import type { Time } from './time.ts'

/** Bearer tokens of Steward's own identity. */
export interface Identity {
  /** `audience`: the resource without `/.default`. Throws `upstream-unavailable` when there is no identity to be had. */
  token(audience: string): Promise<Secret>
  /** Object id and client id of the identity, as the token itself names them. */
  whoAmI(audience: string): Promise<{ objectId: string; clientId: string }>
}

/** Databricks refuses tokens in their last 30 seconds; five minutes also covers a long queue in front of a request. */
const REFRESH_EARLY_MS = 5 * 60_000

interface CachedToken {
  readonly value: string
  readonly expiresAt: number
}

/** `loadCredential` is called at the first token, so that a cold start does not pay for the identity library. */
export function createIdentity(options: { loadCredential: () => Promise<TokenCredential>; time: Time }): Identity {
  const { loadCredential, time } = options
  const cache = new Map<string, CachedToken>()
  const underway = new Map<string, Promise<CachedToken>>()
  const credential = rememberSuccess(loadCredential)

  const request = async (audience: string): Promise<CachedToken> => {
    try {
      const token = await (await credential()).getToken(`${audience}/.default`)
      if (!token) throw new Error('the credential gave no token')
      const fresh = { value: token.token, expiresAt: token.expiresOnTimestamp }
      cache.set(audience, fresh)
      return fresh
    } catch (cause) {
      throw new StewardError(
        'upstream-unavailable',
        `Steward got no token for ${audience}. In Azure, check that the user-assigned identity is attached to the app and that AZURE_CLIENT_ID is its client id; elsewhere, sign in with "az login".`,
        { cause },
      )
    }
  }

  const current = (audience: string): Promise<CachedToken> => {
    const known = cache.get(audience)
    if (known && known.expiresAt - time.now() > REFRESH_EARLY_MS) return Promise.resolve(known)
    const running = underway.get(audience)
    if (running) return running
    const started = request(audience).finally(() => underway.delete(audience))
    underway.set(audience, started)
    return started
  }

  return {
    token: async (audience) => new Secret((await current(audience)).value),
    whoAmI: async (audience) => readClaims((await current(audience)).value),
  }
}

const claimsSchema = z
  .object({ oid: z.string(), appid: z.string().optional(), azp: z.string().optional() })
  .transform(({ oid, appid, azp }) => ({ objectId: oid, clientId: appid ?? azp ?? '' }))
  .refine(({ clientId }) => clientId !== '')

/** Reads the claims of our own token without checking its signature: the service it goes to does that. */
function readClaims(token: string): { objectId: string; clientId: string } {
  try {
    return claimsSchema.parse(JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8')))
  } catch {
    throw new StewardError('upstream-rejected', "Steward's own token does not say which identity it is for.")
  }
}

/**
 * The managed identity where the platform offers one, else the developer's own sign-in. The platform's endpoint is
 * asked for by its variables, because Functions has no instance metadata service (169.254.169.254).
 */
export async function loadAzureCredential(
  environment: Readonly<Record<string, string | undefined>>,
  cloud: Cloud,
): Promise<TokenCredential> {
  const { AzureCliCredential, AzureDeveloperCliCredential, ChainedTokenCredential, ManagedIdentityCredential } =
    await import('@azure/identity')
  const clientId = environment['AZURE_CLIENT_ID']
  if (environment['IDENTITY_ENDPOINT'] !== undefined) {
    const authorityHost = `https://${cloud.authorityHost}`
    return clientId === undefined
      ? new ManagedIdentityCredential({ authorityHost })
      : new ManagedIdentityCredential(clientId, { authorityHost })
  }
  return new ChainedTokenCredential(new AzureCliCredential(), new AzureDeveloperCliCredential())
}
