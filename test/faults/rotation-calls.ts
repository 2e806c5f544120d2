import type { Flavour } from './credentials.ts'
import { listCalls, type UpstreamCall } from './upstream-calls.ts'

// Together these are every outgoing request of a rotation that was asked for without grace, and of the retirement behind
// it, by an app that has just started; a test holds them against the log. The first look is that of the API's own door.

/** What every rotation asks of the vault without changing anything. */
const VAULT_READS: readonly UpstreamCall[] = [
  ...listCalls('keyvault', ...Array.from({ length: 4 }, () => 'secrets.get')),
  ...listCalls('keyvault', 'secrets.getVersion', 'secrets.getVersion', 'secrets.listVersions'),
]

const TOKEN_READS: readonly UpstreamCall[] = listCalls(
  'databricks',
  ...['tokenManagement.list', 'tokenManagement.list', 'workspaceConf.get', 'me.get', 'me.get'],
)

const identityCalls = (count: number): UpstreamCall[] =>
  listCalls('identity', ...Array.from({ length: count }, () => 'identity.token'))

/** What it asks without changing anything; a sign-in counts as that. */
export const ROTATION_READS: Readonly<Record<Flavour, readonly UpstreamCall[]>> = {
  federated: [...identityCalls(4), ...VAULT_READS, ...TOKEN_READS, ...listCalls('entra', 'token.v2')],
  managed: [
    ...identityCalls(3),
    ...VAULT_READS,
    { service: 'keyvault', route: 'secrets.get', skip: 4 },
    { service: 'keyvault', route: 'secrets.getVersion', skip: 2 },
    ...TOKEN_READS,
    ...listCalls('databricks', 'servicePrincipals.list', 'oauth.token', 'secretAcls.list'),
  ],
  'client-secret': [
    ...identityCalls(2),
    ...VAULT_READS,
    ...listCalls('graph', 'applications.get', 'applications.get'),
    ...listCalls('entra', 'token.v2', 'token.v2'),
  ],
}

/** What it changes, in this order. */
export const ROTATION_WRITES: Readonly<Record<Flavour, readonly UpstreamCall[]>> = {
  federated: [
    ...listCalls('databricks', 'token.create', 'tokenManagement.delete'),
    ...listCalls('keyvault', 'secrets.set', 'secrets.update', 'secrets.update'),
  ],
  managed: [
    ...listCalls('databricks', 'principalSecrets.create', 'token.create', 'principalSecrets.delete'),
    ...listCalls('databricks', 'workspaceSecrets.put', 'tokenManagement.delete'),
    ...listCalls('keyvault', 'secrets.set', 'secrets.update', 'secrets.update', 'secrets.update'),
  ],
  'client-secret': [
    ...listCalls('graph', 'applications.addPassword', 'applications.removePassword'),
    ...listCalls('keyvault', 'secrets.set', 'secrets.update', 'secrets.update'),
  ],
}
