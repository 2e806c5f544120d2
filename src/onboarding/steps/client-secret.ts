import type { SecretVersion, VaultClient } from '../../clients/keyvault/client.ts'
import { StewardError } from '../../platform/errors.ts'
import type { Secret } from '../../platform/secret.ts'
import {
  applicationUniqueName,
  clientSecretDisplayName,
  readClientSecretTags,
  writeClientSecretTags,
} from '../../trust/marks.ts'
import { lookForOrphans, removeOrphans } from '../client-secret-orphans.ts'
import { clientSecretSectionOf } from '../client-secret-section.ts'
import { lookAgain, toUnknownOutcome } from '../create-once.ts'
import { decideClientSecret } from '../decide-client-secret.ts'
import { explainForeignDeleted, explainRefusal } from '../explain-client-secret.ts'
import { waitForPropagation } from '../propagation.ts'
import type { ApplyContext, Change, PlanContext, Step } from '../step.ts'
import { refuse } from '../step-plans.ts'

const DAY_MS = 24 * 60 * 60 * 1000

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
    const target = `secret ${section.secretName} in ${new URL(section.vault).hostname}`
    if (deleted && readClientSecretTags(context.owner.instance, deleted.tags)?.owner.name !== context.owner.name) {
      return refuse(explainForeignDeleted(target))
    }
    const isMarkedApplicationThere = await isOtherApplicationThere(context, { current, deleted }, application?.clientId)
    const now = new Date(context.patience.time.now())
    const held = current ?? deleted
    const decision = decideClientSecret(context.owner, { current: held, application, isMarkedApplicationThere }, now)
    // What is deleted cannot be read, so nobody can compare with it.
    context.see('client-secret', decision.kind === 'keep' ? current : null)
    // The vault does not list the versions of what is deleted: any of our client secrets may be in them.
    const orphans = deleted
      ? []
      : await lookForOrphans(context, vault, decision, application?.passwordCredentials ?? [])
    const changes: Change[] = orphans.map(({ keyId }) => ({
      action: 'remove',
      target: `client secret ${keyId} of ${context.request.servicePrincipal.displayName}`,
      reason: 'orphaned: its value never reached the vault',
    }))
    if (deleted) changes.unshift({ action: 'update', target, reason: 'deleted: to be recovered' })
    if (decision.kind === 'create') {
      changes.unshift({
        action: held ? 'update' : 'create',
        target,
        reason: decision.reason,
      })
    }
    return {
      changes,
      ...(decision.kind === 'refuse' ? { refusal: explainRefusal(decision, target) } : {}),
      apply: async (apply) => {
        const version = await makeCurrent()
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

        function makeCurrent(): Promise<SecretVersion | null> {
          if (decision.kind === 'create') return renew(context, vault, apply, deleted !== null)
          return deleted ? recover(context, vault, apply) : Promise.resolve(current)
        }
      },
    }
  },
}

/**
 * Whether the application that the vault's tags name exists beside the one that was found; for a deleted secret, whether
 * it can also still sign in with it. Throws `not-propagated` when it is our very application, which the look by its
 * unique name did not show.
 */
async function isOtherApplicationThere(
  { owner, services }: PlanContext,
  { current, deleted }: { readonly current: SecretVersion | null; readonly deleted: SecretVersion | null },
  clientId: string | undefined,
): Promise<boolean> {
  const held = current ?? deleted
  const mark = held && readClientSecretTags(owner.instance, held.tags)
  if (!mark || mark.owner.name !== owner.name || mark.clientId === clientId) return false
  const other = await services.graph.getApplicationByClientId(mark.clientId)
  if (other && clientId === undefined && other.uniqueName === applicationUniqueName(owner)) {
    throw lookAgain(`Application ${mark.clientId}`)
  }
  return other !== null && (!deleted || other.passwordCredentials.some(({ keyId }) => keyId === mark.keyId))
}

/** Add, use, store: in this order, so that what the vault shows always works. */
async function renew(
  context: PlanContext,
  vault: VaultClient,
  apply: ApplyContext,
  isDeletedOurs: boolean,
): Promise<SecretVersion> {
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
  let mayBeStored = false
  const onUnknown = (): void => {
    mayBeStored = true
  }
  try {
    return await store(context, vault, apply, { ...added, clientId, isDeletedOurs, onUnknown })
  } catch (error) {
    // A plain no of the vault: nobody will ever read it there. Whatever else it was, the secret is only swept later.
    const isRefused = error instanceof StewardError && !error.retryable && !mayBeStored
    if (isRefused) await services.graph.removePassword(objectId, added.keyId).catch(() => undefined)
    throw error
  }
}

/**
 * From here on the secret may be in the vault although no answer says so: `onUnknown` is called then. A deleted secret keeps its name to itself; ours is recovered here and not before, since what it holds is dead.
 */
async function store(
  { request, owner, patience }: PlanContext,
  vault: VaultClient,
  { guard }: ApplyContext,
  added: {
    readonly keyId: string
    readonly secret: Secret
    readonly endsAt: Date
    readonly clientId: string
    readonly isDeletedOurs: boolean
    readonly onUnknown: () => void
  },
): Promise<SecretVersion> {
  const { vault: vaultUrl, secretName } = clientSecretSectionOf(request)
  const { keyId, secret, endsAt, clientId, isDeletedOurs, onUnknown } = added
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
        onUnknown()
        const current = await vault.getCurrentSecret(secretName)
        return current?.tags['steward-key-id'] === keyId ? current : undefined
      }
      if (outcome === 'deleted-but-recoverable') {
        if (!isDeletedOurs) throw lookAgain(where)
        guard()
        await vault.recoverSecret(secretName)
        return undefined
      }
      return outcome === 'being-changed' ? undefined : outcome
    },
  })
}

/** Brings a deleted secret of ours back that still works. */
async function recover(
  { request, patience }: PlanContext,
  vault: VaultClient,
  { guard }: ApplyContext,
): Promise<SecretVersion> {
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
  return waitForPropagation({
    subject,
    patience,
    attempt: async () => (await vault.getCurrentSecret(secretName)) ?? undefined,
  })
}
