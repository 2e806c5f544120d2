import type { DatabricksClient } from '../../src/clients/databricks/client.ts'
import type { PrincipalClient } from '../../src/clients/databricks/principal-client.ts'
import type { EntraClient } from '../../src/clients/entra/client.ts'
import type { GraphClient } from '../../src/clients/graph/client.ts'
import { Secret } from '../../src/platform/secret.ts'
import type { Time } from '../../src/platform/time.ts'
import { createClientSecretProvider } from '../../src/trust/client-secrets.ts'
import type { CredentialProvider } from '../../src/trust/credential-provider.ts'
import { createTokenProvider } from '../../src/trust/databricks-tokens.ts'
import type { Pass } from './pass.ts'

/** A token of the workspace, or a client secret of the application. */
export interface Issued {
  readonly id: string
  readonly value: string
  readonly mark: string | null
  readonly createdBy: string
  readonly createdAt: Date
  readonly expiresAt: Date | null
  lastUsedDay: Date | null
  endedBy: 'steward' | 'person' | null
}

const DAY_MS = 24 * 60 * 60 * 1000

export type MemoryIssuer = ReturnType<typeof createMemoryIssuer>

/** What issues credentials to principals, in memory: lists, makes, tries and revokes them, and tells the day of their last use. */
export function createMemoryIssuer(time: Time, prefix: string) {
  const all = new Map<string, Issued>()
  let count = 0
  const isLive = ({ endedBy, expiresAt }: Issued): boolean =>
    endedBy === null && (expiresAt === null || expiresAt.getTime() > time.now())
  const issuer = {
    all,
    isLive,
    /** How long what is new is not listed. */
    listLagMs: 0,
    onRevoke: (_issued: Issued): void => undefined,
    findByValue: (value: string) => [...all.values()].find((one) => one.value === value),
    issue: (createdBy: string, mark: string | null, lifetimeDays: number | null): Issued => {
      count += 1
      const issued: Issued = {
        id: `${prefix}${count}`,
        value: `dapi-${prefix}-value-${count}`,
        mark,
        createdBy,
        createdAt: new Date(time.now()),
        expiresAt: lifetimeDays === null ? null : new Date(time.now() + lifetimeDays * DAY_MS),
        lastUsedDay: null,
        endedBy: null,
      }
      all.set(issued.id, issued)
      return issued
    },
    /** Somebody uses it. */
    use: (value: string): Issued | null => {
      const found = issuer.findByValue(value)
      if (!found || !isLive(found)) return null
      found.lastUsedDay = new Date(Math.floor(time.now() / DAY_MS) * DAY_MS)
      return found
    },
    listed: (): Issued[] =>
      [...all.values()].filter((one) => isLive(one) && time.now() - one.createdAt.getTime() >= issuer.listLagMs),
    revoke: (id: string): 'done' | 'gone' => {
      const found = all.get(id)
      if (!found || !isLive(found)) return 'gone'
      issuer.onRevoke(found)
      found.endedBy = 'steward'
      return 'done'
    },
  }
  return issuer
}

/** The workspace whose tokens they are, as far as rotation asks it. */
export function workspaceOf(issuer: MemoryIssuer, copies: Map<string, string>, pass: Pass): DatabricksClient {
  const workspace = {
    listTokens: (createdBy?: string) =>
      pass.call('listTokens', () =>
        issuer
          .listed()
          .filter((one) => createdBy === undefined || one.createdBy === createdBy)
          .map(({ id, mark, ...token }) => ({ ...token, tokenId: id, comment: mark, scopes: null })),
      ),
    revokeToken: (id: string) =>
      pass.call('revokeToken', () => (issuer.revoke(id) === 'done' ? 'revoked' : 'already-gone')),
    getTokenSettings: () => pass.call('getTokenSettings', () => ({ areTokensEnabled: true, maxLifetimeDays: 730 })),
    listSecretAcls: () => pass.call('listSecretAcls', () => []),
    putSecret: (scopeName: string, key: string, value: Secret) =>
      pass.call('putSecret', () => void copies.set(`${scopeName}/${key}`, value.reveal())),
  }
  return workspace as unknown as DatabricksClient
}

export function tokenProvider(
  issuer: MemoryIssuer,
  clientId: string,
  workspaceUrl: string,
  pass: Pass,
): CredentialProvider {
  const principal = {
    createToken: ({ comment, lifetimeSeconds }: { comment: string; lifetimeSeconds: number }) =>
      pass.call('createToken', () => {
        const { id, value, expiresAt } = issuer.issue(clientId, comment, lifetimeSeconds / (DAY_MS / 1000))
        return { tokenId: id, value: new Secret(value), expiresAt }
      }),
  }
  const holder = (token: Secret) => ({
    whoAmI: () =>
      pass.call('whoAmI', () => {
        const used = issuer.use(token.reveal())
        return used ? { applicationId: used.createdBy } : 'token-dead'
      }),
  })
  return createTokenProvider({
    workspace: workspaceOf(issuer, new Map(), pass),
    workspaceUrl,
    clientId,
    actAsPrincipal: (work) => work(principal as unknown as PrincipalClient),
    withToken: (token) => holder(token) as unknown as PrincipalClient,
  })
}

export function clientSecretProvider(
  issuer: MemoryIssuer,
  clientId: string,
  time: Time,
  pass: Pass,
): CredentialProvider {
  const graph = {
    addPassword: (_objectId: string, { displayName, endsAt }: { displayName: string; endsAt: Date }) =>
      pass.call('addPassword', () => {
        const { id, value, expiresAt } = issuer.issue(clientId, displayName, (endsAt.getTime() - time.now()) / DAY_MS)
        return { keyId: id, secret: new Secret(value), endsAt: expiresAt }
      }),
    removePassword: (_objectId: string, keyId: string) =>
      pass.call('removePassword', () => (issuer.revoke(keyId) === 'done' ? 'removed' : 'already-gone')),
  }
  const entra = {
    tryClientSecret: ({ secret }: { secret: Secret }) =>
      pass.call('tryClientSecret', () => (issuer.use(secret.reveal()) ? 'accepted' : 'not-accepted')),
  }
  return createClientSecretProvider({
    graph: graph as unknown as GraphClient,
    entra: entra as unknown as EntraClient,
    time,
    trialAudience: '',
    application: async () => ({ objectId: 'object', clientId }),
    listPasswords: () =>
      pass.call('listPasswords', () =>
        issuer.listed().map((one) => ({
          keyId: one.id,
          displayName: one.mark,
          startsAt: one.createdAt,
          endsAt: one.expiresAt ?? new Date(8.64e15),
        })),
      ),
  })
}
