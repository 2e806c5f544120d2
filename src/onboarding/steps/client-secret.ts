import type { SecretVersion, VaultClient } from '../../clients/keyvault/client.ts'
import { StewardError } from '../../platform/errors.ts'
import type { Secret } from '../../platform/secret.ts'
import { LEASE_SECONDS } from '../../trust/exclusion.ts'
import {
  applicationUniqueName,
  clientSecretDisplayName,
  readClientSecretTags,
  writeClientSecretTags,
} from '../../trust/marks.ts'
import { lookAgain, toUnknownOutcome } from '../create-once.ts'
import { type ClientSecretDecision, decideClientSecret, findOrphans } from '../decide-client-secret.ts'
import { waitForPropagation } from '../propagation.ts'
import type { OnboardingRequest } from '../request.ts'
import type { ApplyContext, Change, PasswordCredential, PlanContext, Step, StepPlan } from '../step.ts'

const DAY_MS = 24 * 60 * 60 * 1000

/**
 * An orphan younger than this may still be on its way into the vault, from a worker that lost its lease with the write
 * under way: one lease, one request (a repetition asks the lease again) and a margin for Graph's clock.
 */
const ORPHAN_AGE_MS = (LEASE_SECONDS + 30 + 10) * 1000

type Section = NonNullable<OnboardingRequest['clientSecret']>

/** A live client secret is in the vault, with expiry and tags; it was used before it was put there. */
export const clientSecretStep: Step = {
  name: 'client-secret',
  needs: ['application'],
  sees: ['client-secret'],
  provides: ['client-secret'],
  isWanted: ({ clientSecret }) => clientSecret !== undefined,
  plan: async (context) => {
    const section = clientSecretSectionOf(context.request)
    const vault = context.services.vault(section.vault)
    const [current, application] = await Promise.all([
      vault.getCurrentSecret(section.secretName),
      context.sighting('application'),
    ])
    const deleted = current ? null : await vault.getDeletedSecret(section.secretName)
    const isMarkedApplicationThere = await isOtherApplicationThere(context, current, application?.clientId)
    const now = new Date(context.patience.time.now())
    const decision = decideClientSecret(context.owner, { current, application, isMarkedApplicationThere }, now)
    context.see('client-secret', decision.kind === 'keep' ? current : null)
    const orphans = await lookForOrphans(context, vault, decision, application?.passwordCredentials ?? [])
    const target = `secret ${section.secretName} in ${new URL(section.vault).hostname}`
    const changes: Change[] = orphans.map(({ keyId }) => ({
      action: 'remove',
      target: `client secret ${keyId} of ${context.request.servicePrincipal.displayName}`,
      reason: 'orphaned: its value never reached the vault',
    }))
    if (deleted) {
      const mark = readClientSecretTags(context.owner.instance, deleted.tags)
      if (mark?.owner.name !== context.owner.name) return refuseDeleted(target)
      changes.unshift({ action: 'update', target, reason: 'deleted: to be recovered' })
    }
    if (decision.kind === 'create') {
      changes.unshift({
        action: current ? 'update' : 'create',
        target,
        reason: decision.reason,
      })
    }
    return {
      changes,
      ...(decision.kind === 'refuse' ? { refusal: explainRefusal(decision, target) } : {}),
      apply: async (apply) => {
        if (deleted) await recover(context, vault, apply)
        const version = decision.kind === 'create' ? await renew(context, vault, apply) : current
        if (version) {
          const { vault: vaultUrl, secretName } = section
          apply.provide('client-secret', {
            vault: vaultUrl,
            secretName,
            version: version.version,
            expiresAt: version.expiresAt?.toISOString() ?? null,
          })
        }
        await removeOrphans(context, orphans, apply)
      },
    }
  },
}

/** The section, which the step is wanted for. */
export function clientSecretSectionOf({ clientSecret }: OnboardingRequest): Section {
  if (!clientSecret) throw new TypeError('the request has no clientSecret section')
  return clientSecret
}

async function lookForOrphans(
  { owner, request }: PlanContext,
  vault: VaultClient,
  decision: ClientSecretDecision,
  credentials: readonly PasswordCredential[],
): Promise<PasswordCredential[]> {
  const { vault: vaultUrl, secretName } = clientSecretSectionOf(request)
  const mark = clientSecretDisplayName(owner.instance, vaultUrl, secretName)
  const keptKeyId = decision.kind === 'keep' ? decision.keyId : undefined
  const suspects = credentials.filter(({ displayName, keyId }) => displayName === mark && keyId !== keptKeyId)
  if (suspects.length === 0 || decision.kind === 'refuse') return []
  return findOrphans(suspects, owner.instance, await vault.listSecretVersions(secretName))
}

/**
 * Whether the application that the vault's tags name exists beside the one that was found. Throws `not-propagated` when
 * it is our very application, which the look by its unique name did not show.
 */
async function isOtherApplicationThere(
  { owner, services }: PlanContext,
  current: SecretVersion | null,
  clientId: string | undefined,
): Promise<boolean> {
  const mark = current && readClientSecretTags(owner.instance, current.tags)
  if (!mark || mark.owner.name !== owner.name || mark.clientId === clientId) return false
  const other = await services.graph.getApplicationByClientId(mark.clientId)
  if (other && clientId === undefined && other.uniqueName === applicationUniqueName(owner)) {
    throw lookAgain(`Application ${mark.clientId}`)
  }
  return other !== null
}

/** Add, use, store: in this order, so that what the vault shows always works. */
async function renew(context: PlanContext, vault: VaultClient, apply: ApplyContext): Promise<SecretVersion> {
  const { request, owner, services, patience } = context
  const { vault: vaultUrl, secretName, lifetimeDays } = clientSecretSectionOf(request)
  const { clientId, objectId } = await apply.fact('application')
  const subject = `The new client secret of ${request.servicePrincipal.displayName}`
  const added = await waitForPropagation({
    subject,
    patience,
    attempt: async () => {
      apply.guard()
      const outcome = await services.graph.addPassword(objectId, {
        displayName: clientSecretDisplayName(owner.instance, vaultUrl, secretName),
        endsAt: new Date(patience.time.now() + lifetimeDays * DAY_MS),
      })
      return typeof outcome === 'string' ? undefined : outcome
    },
  })
  try {
    await apply.fact('service-principal')
    await waitForPropagation({
      subject,
      patience,
      attempt: async () => {
        const verdict = await services.entra.tryClientSecret({
          clientId,
          secret: added.secret,
          audience: services.trialAudience,
        })
        return verdict === 'accepted' ? verdict : undefined
      },
    })
  } catch (error) {
    // Nobody else has it, so it is of no use to anybody. If this fails too, the next run finds it as an orphan.
    await services.graph.removePassword(objectId, added.keyId).catch(() => undefined)
    throw error
  }
  return store(context, vault, apply, { ...added, clientId })
}

/** From here on the secret may be in the vault whatever the answer says, so it is not removed any more, only swept. */
async function store(
  { request, owner, patience }: PlanContext,
  vault: VaultClient,
  { guard }: ApplyContext,
  added: {
    readonly keyId: string
    readonly secret: Secret
    readonly endsAt: Date
    readonly clientId: string
  },
): Promise<SecretVersion> {
  const { vault: vaultUrl, secretName } = clientSecretSectionOf(request)
  const { keyId, secret, endsAt, clientId } = added
  const tags = writeClientSecretTags({ owner, clientId, keyId })
  const where = `Secret ${secretName} in ${new URL(vaultUrl).hostname}`
  return waitForPropagation({
    subject: where,
    patience,
    attempt: async () => {
      guard()
      const outcome = await vault
        .setSecret(secretName, { value: secret, expiresAt: endsAt, tags, contentType: 'text/plain' })
        .catch(toUnknownOutcome)
      if (outcome === 'outcome-unknown') {
        const current = await vault.getCurrentSecret(secretName)
        return current?.tags['steward-key-id'] === keyId ? current : undefined
      }
      if (outcome === 'deleted-but-recoverable') throw lookAgain(where)
      return outcome === 'being-changed' ? undefined : outcome
    },
  })
}

/** A deleted secret keeps its name to itself; ours is brought back, to get a new version. */
async function recover({ request, patience }: PlanContext, vault: VaultClient, { guard }: ApplyContext): Promise<void> {
  const { vault: vaultUrl, secretName } = clientSecretSectionOf(request)
  const subject = `The recovery of secret ${secretName} in ${new URL(vaultUrl).hostname}`
  await waitForPropagation({
    subject,
    patience,
    attempt: async () => {
      guard()
      const outcome = await vault.recoverSecret(secretName)
      return outcome === 'being-changed' ? undefined : outcome
    },
  })
  await waitForPropagation({
    subject,
    patience,
    attempt: async () => (await vault.getCurrentSecret(secretName)) ?? undefined,
  })
}

function refuseDeleted(target: string): StepPlan {
  const refusal = new StewardError(
    'not-ours',
    `The ${target} was deleted and can still be recovered, so the name is not free, and Steward did not make it. Recover it or purge it ("az keyvault secret recover" or "purge"), then start the onboarding again.`,
  )
  return { changes: [], refusal, apply: async () => undefined }
}

async function removeOrphans(
  { services, patience }: PlanContext,
  orphans: readonly PasswordCredential[],
  { fact, guard }: ApplyContext,
): Promise<void> {
  if (orphans.length === 0) return
  const { objectId } = await fact('application')
  for (const { keyId } of orphans.filter((orphan) => ageOf(orphan) >= ORPHAN_AGE_MS)) {
    guard()
    // One after the other: Graph answers concurrent changes of one application with 409.
    await services.graph.removePassword(objectId, keyId)
  }
  const waitsMs = orphans.map((orphan) => ORPHAN_AGE_MS - ageOf(orphan)).filter((waitMs) => waitMs > 0)
  if (waitsMs.length === 0) return
  throw new StewardError(
    'busy',
    'A client secret whose value was lost on the way is left; Steward removes it as soon as nobody can be storing it any more.',
    { retryAfterMs: Math.max(...waitsMs) },
  )

  function ageOf({ startsAt }: PasswordCredential): number {
    return patience.time.now() - startsAt.getTime()
  }
}

function explainRefusal(decision: ClientSecretDecision & { kind: 'refuse' }, target: string): StewardError {
  switch (decision.reason) {
    case 'belongs-to-another':
      return new StewardError(
        'belongs-to-another',
        `The ${target} belongs to the onboarding "${decision.belongsTo}". Choose another secret name or another vault.`,
      )
    case 'of-another-application':
      return new StewardError(
        'belongs-to-another',
        `The ${target} holds a client secret of the application ${decision.clientId}, which is still there. To go on with that application, name it with "clientId" and "adopt": true (an Admin may); for another one choose another secret name.`,
      )
    case 'switched-off':
      return new StewardError(
        'switched-off',
        `The current version of the ${target} was disabled by somebody. Enable it again, or delete and purge the secret, then start the onboarding again.`,
      )
    case 'not-ours':
      return new StewardError(
        'not-ours',
        `The ${target} is there already and Steward did not make it. Choose another secret name, or have its owner delete and purge it.`,
      )
  }
}
