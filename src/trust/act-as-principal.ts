import type { DatabricksClient } from '../clients/databricks/client.ts'
import type { PrincipalClient } from '../clients/databricks/principal-client.ts'
import type { EntraClient } from '../clients/entra/client.ts'
import type { VaultClient } from '../clients/keyvault/client.ts'
import { StewardError } from '../platform/errors.ts'
import { type Patience, waitForPropagation } from '../platform/propagation.ts'
import type { Secret } from '../platform/secret.ts'
import type { ActsBy } from './credential-tags.ts'

/** How Steward came to act as a principal, as the status names it. */
export type ActingMethod = 'own-identity' | 'federated-identity' | 'client-secret' | 'databricks-oauth'

export interface ActingPorts {
  readonly entra: EntraClient
  vault(url: string): VaultClient
  workspace(url: string): DatabricksClient
  /** The workspace as the holder of a token sees it. */
  holder(workspaceUrl: string, token: Secret, who: string): PrincipalClient
  /** A token for an OAuth secret of Azure Databricks. */
  exchangeOAuthSecret(
    workspaceUrl: string,
    wish: { readonly clientId: string; readonly secret: Secret },
  ): Promise<{ readonly kind: 'token'; readonly token: Secret } | 'not-accepted-yet'>
  whoAmI(): Promise<{ readonly objectId: string; readonly clientId: string }>
  /** A token of Steward's own identity. */
  ownToken(audience: string): Promise<Secret>
  readonly databricksAudience: string
  readonly federationAudience: string
}

export interface Actor {
  readonly clientId: string
  readonly actsBy: ActsBy
  readonly workspaceUrl: string
  readonly patience: Patience
}

/** An OAuth secret that is not deleted, because the process died, is of no use for longer than this. */
const OAUTH_SECRET_SECONDS = 300

/** How Steward would act as the principal. */
export async function chooseActingMethod(
  ports: Pick<ActingPorts, 'whoAmI'>,
  { clientId, actsBy }: Pick<Actor, 'clientId' | 'actsBy'>,
): Promise<ActingMethod> {
  const own = await ports.whoAmI()
  if (own.clientId.toLowerCase() === clientId.toLowerCase()) return 'own-identity'
  if (actsBy.kind === 'databricks') return 'databricks-oauth'
  return actsBy.kind === 'client-secret' ? 'client-secret' : 'federated-identity'
}

/**
 * Does work in a workspace as a service principal, never with the token that is being rotated: one that died could not
 * replace itself. Throws `not-propagated` while Microsoft Entra ID does not know yet what lets Steward act, and whatever
 * the work throws.
 */
export async function actAsPrincipal<T>(
  ports: ActingPorts,
  actor: Actor,
  work: (principal: PrincipalClient) => Promise<T>,
): Promise<T> {
  const { clientId, workspaceUrl } = actor
  const method = await chooseActingMethod(ports, actor)
  const workAs = (token: Secret): Promise<T> => work(ports.holder(workspaceUrl, token, clientId))
  if (method === 'own-identity') return workAs(await ports.ownToken(ports.databricksAudience))
  if (method === 'databricks-oauth') return withOAuthSecret(ports, actor, workAs)
  return workAs(await signIn(ports, actor))
}

async function signIn(ports: ActingPorts, { clientId, actsBy, patience }: Actor): Promise<Secret> {
  const proof = await proofOf(ports, actsBy)
  return waitForPropagation({
    subject: `The sign-in as application ${clientId}`,
    patience,
    boundMs: SIGN_IN_BOUND_MS,
    attempt: async () => {
      const answer = await ports.entra.acquireToken({ clientId, proof, audience: ports.databricksAudience })
      return answer.kind === 'token' ? answer.token : undefined
    },
  }).catch((error: unknown) => {
    throw explainSignIn(error, clientId, actsBy)
  })
}

/** Entra's replicas usually agree within seconds; what takes longer is tried again from the queue. */
const SIGN_IN_BOUND_MS = 20_000

async function proofOf(
  ports: ActingPorts,
  actsBy: ActsBy,
): Promise<Parameters<EntraClient['acquireToken']>[0]['proof']> {
  if (actsBy.kind !== 'client-secret') {
    return { kind: 'federated', assertion: await ports.ownToken(ports.federationAudience) }
  }
  const { vaultHost, secretName } = actsBy
  const vault = ports.vault(`https://${vaultHost}`)
  const current = await vault.getCurrentSecret(secretName)
  if (!current) {
    throw new StewardError(
      'not-found',
      `Secret ${secretName} in ${vaultHost} is not there, and Steward signs in with it: start the onboarding again.`,
    )
  }
  return { kind: 'client-secret', secret: await vault.readSecretValue(secretName, current.version) }
}

function explainSignIn(error: unknown, clientId: string, actsBy: ActsBy): unknown {
  if (!(error instanceof StewardError) || error.code !== 'not-propagated') return error
  const what =
    actsBy.kind === 'client-secret'
      ? `the client secret in ${actsBy.secretName} (${actsBy.vaultHost})`
      : "Steward's identity as its federated credential"
  return new StewardError(
    'not-propagated',
    `Microsoft Entra ID does not let Steward sign in as application ${clientId} with ${what}. Right after a change that takes minutes; else run the onboarding again, which makes what is missing.`,
    { cause: error },
  )
}

/** Made for this work and deleted behind it; should the process die in between, it ends by itself within minutes. */
async function withOAuthSecret<T>(
  ports: ActingPorts,
  { clientId, workspaceUrl, patience }: Actor,
  work: (token: Secret) => Promise<T>,
): Promise<T> {
  const workspace = ports.workspace(workspaceUrl)
  const [principal] = await workspace.listServicePrincipals({ applicationId: clientId })
  if (!principal) {
    throw new StewardError(
      'not-found',
      `Service principal ${clientId} is not in ${new URL(workspaceUrl).host}: run the onboarding again.`,
    )
  }
  const { principalId } = principal
  const { secretId, secret } = await workspace.createOAuthSecret(principalId, OAUTH_SECRET_SECONDS)
  try {
    const token = await waitForPropagation({
      subject: `The OAuth secret of ${clientId} in ${new URL(workspaceUrl).host}`,
      patience,
      attempt: async () => {
        const answer = await ports.exchangeOAuthSecret(workspaceUrl, { clientId, secret })
        return answer === 'not-accepted-yet' ? undefined : answer.token
      },
    })
    return await work(token)
  } finally {
    await workspace.deleteOAuthSecret(principalId, secretId).catch(() => undefined)
  }
}
