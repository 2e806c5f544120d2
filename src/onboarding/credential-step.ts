import type { SecretVersion, VaultClient } from '../clients/keyvault/client.ts'
import { StewardError } from '../platform/errors.ts'
import { waitForPropagation } from '../platform/propagation.ts'
import type { CredentialProvider, LiveCredential } from '../trust/credential-provider.ts'
import {
  type CredentialKind,
  type CredentialTags,
  mergeTags,
  readCredentialTags,
  writeCredentialTags,
} from '../trust/credential-tags.ts'
import { credentialMark, type Owner } from '../trust/marks.ts'
import { renewCredential } from '../trust/renew-credential.ts'
import type { PolicyOverrides } from '../trust/rotation-policy.ts'
import { lookForOrphans, removeOrphans } from './credential-orphans.ts'
import { decideCredential } from './decide-credential.ts'
import { explainForeignDeleted, explainRefusal } from './explain-credential.ts'
import type { ApplyContext, Change, PlanContext, StepPlan } from './step.ts'
import { refuse } from './step-plans.ts'

/** A credential that an onboarding makes, and what the vault shall tell of it. */
export interface CredentialWish {
  readonly kind: CredentialKind
  readonly vaultUrl: string
  readonly secretName: string
  readonly lifetimeDays: number
  readonly overrides: PolicyOverrides
  readonly workspace: string | null
  readonly actsBy: CredentialTags['actsBy']
  /** Where a copy of it goes; null when nowhere. */
  readonly scopeName: string | null
  /** For people: `client secret`, `token`. */
  readonly noun: string
}

/** What looking found of the principal; null while it does not exist. */
export interface PrincipalSight {
  readonly clientId: string
  readonly credentials: readonly LiveCredential[]
}

export interface CredentialStep {
  readonly wish: CredentialWish
  readonly principal: PrincipalSight | null
  /** Id of the credential that is in the vault already and that the request takes over; null when there is none. */
  readonly adoptedId: string | null
  /** Whether the principal that a version's tags name, which is another one, is there and can still use what is held. */
  isMarkedPrincipalThere(tags: CredentialTags, isDeleted: boolean): Promise<boolean>
  /** For acting, once the principal is there. */
  provider(apply: ApplyContext): Promise<CredentialProvider>
  clientId(apply: ApplyContext): Promise<string>
  beforeUse?(apply: ApplyContext): Promise<unknown>
  /** Tells the plan of others what stays. */
  see(version: SecretVersion | null): void
  provide(apply: ApplyContext, version: SecretVersion): void | Promise<void>
}

/** A live credential is in the vault, with expiry and tags; it was used before it was put there. */
export async function planCredential(context: PlanContext, step: CredentialStep): Promise<StepPlan> {
  const { owner, patience } = context
  const { wish, principal } = step
  const vault = context.services.vault(wish.vaultUrl)
  const current = await vault.getCurrentSecret(wish.secretName)
  const deleted = current ? null : await vault.getDeletedSecret(wish.secretName)
  const target = describeTarget(wish)
  if (deleted && readCredentialTags(owner.instance, deleted.tags)?.owner.name !== owner.name) {
    return refuse(explainForeignDeleted(target))
  }
  const held = current ?? deleted
  const isMarkedPrincipalThere = await isOtherThere(context, step, held, deleted !== null)
  const { adoptedId } = step
  const sight = { kind: wish.kind, current: held, principal, isMarkedPrincipalThere, adoptedId }
  const decision = decideCredential(owner, sight, new Date(patience.time.now()))
  // What is deleted cannot be read, so nobody can compare with it.
  step.see(decision.kind === 'keep' ? current : null)
  const mark = credentialMark(owner.instance, wish.vaultUrl, wish.secretName)
  // The vault does not list the versions of what is deleted: any of our credentials may be in them.
  const unnamed =
    deleted || decision.kind === 'refuse'
      ? { mark, credentials: [] }
      : await lookForOrphans({
          instance: owner.instance,
          vault,
          secretName: wish.secretName,
          mark,
          live: principal?.credentials ?? [],
          keptId: decision.kind === 'keep' ? decision.tags.credentialId : adoptedId,
        })
  const wishedTags = decision.kind === 'keep' ? retag(decision.tags, wish) : null
  const changes: Change[] = []
  if (decision.kind === 'create') changes.push({ action: held ? 'update' : 'create', target, reason: decision.reason })
  if (deleted) changes.push({ action: 'update', target, reason: 'deleted: to be recovered' })
  else if (decision.kind === 'adopt') changes.push({ action: 'update', target, reason: decision.reason })
  else if (wishedTags) changes.push({ action: 'update', target, reason: 'policy or place changed' })
  for (const { credentialId } of unnamed.credentials) {
    changes.push({
      action: 'remove',
      target: `${wish.noun} ${credentialId} of ${context.request.servicePrincipal.displayName}`,
      reason: 'orphaned: its value never reached the vault',
    })
  }
  return {
    changes,
    ...(decision.kind === 'refuse' ? { refusal: explainRefusal(decision, target) } : {}),
    apply: async (apply) => {
      const version = await makeCurrent(apply)
      if (version) {
        await remember(context, step, apply)
        await step.provide(apply, version)
      }
      if (unnamed.credentials.length > 0) {
        await removeOrphans(await step.provider(apply), unnamed, patience.time, apply.guard)
      }
    },
  }

  async function makeCurrent(apply: ApplyContext): Promise<SecretVersion | null> {
    if (decision.kind === 'create') return renew(context, step, vault, apply, { held, isDeleted: deleted !== null })
    const version = deleted ? await recover(context, wish, vault, apply) : current
    if (version && decision.kind === 'adopt') {
      return tag(version, await adoptedTags(context, step, apply, { version, credentialId: decision.credentialId }))
    }
    return version && wishedTags ? tag(version, wishedTags) : version

    async function tag(held: SecretVersion, tags: CredentialTags): Promise<SecretVersion> {
      apply.guard()
      const change = { tags: mergeTags(held.tags, writeCredentialTags(tags)) }
      const updated = await vault.updateSecret(wish.secretName, held.version, change)
      if (updated !== 'not-there') return updated
      throw new StewardError('not-propagated', `The ${target} vanished meanwhile; Steward looks again.`)
    }
  }
}

export function describeTarget({ vaultUrl, secretName }: Pick<CredentialWish, 'vaultUrl' | 'secretName'>): string {
  return `secret ${secretName} in ${new URL(vaultUrl).hostname}`
}

async function isOtherThere(
  { owner }: PlanContext,
  { principal, isMarkedPrincipalThere }: CredentialStep,
  held: SecretVersion | null,
  isDeleted: boolean,
): Promise<boolean> {
  const tags = held && readCredentialTags(owner.instance, held.tags)
  if (!tags || tags.owner.name !== owner.name || tags.clientId === principal?.clientId) return false
  return isMarkedPrincipalThere(tags, isDeleted)
}

/** The tags as they should be; null when they are. What others set by a change of policy stays unless the request names it. */
function retag(tags: CredentialTags, wish: CredentialWish): CredentialTags | null {
  const wished: CredentialTags = {
    ...tags,
    overrides: { ...tags.overrides, ...wish.overrides },
    workspace: wish.workspace,
    actsBy: wish.actsBy,
    scope: scopeOf(wish),
  }
  const [before, after] = [tags, wished].map((each) => JSON.stringify(writeCredentialTags(each)))
  return before === after ? null : wished
}

function freshTags(owner: Owner, wish: CredentialWish, clientId: string, credentialId: string): CredentialTags {
  const { kind, overrides, workspace, actsBy } = wish
  const state = { isPaused: false, previous: [], scope: scopeOf(wish) }
  return { kind, owner, clientId, credentialId, overrides, workspace, actsBy, ...state }
}

/** What is taken over must work, and be this principal's; which of its tokens it is, whoever adopts it says. */
async function adoptedTags(
  { owner, services }: PlanContext,
  step: CredentialStep,
  apply: ApplyContext,
  { version, credentialId }: { readonly version: SecretVersion; readonly credentialId: string },
): Promise<CredentialTags> {
  const { wish } = step
  const value = await services.vault(wish.vaultUrl).readSecretValue(wish.secretName, version.version)
  if ((await (await step.provider(apply)).use(value)) !== 'accepted') {
    throw new StewardError(
      'not-found',
      `The ${describeTarget(wish)} does not hold a live ${wish.noun}, so there is nothing to adopt. Put the ${wish.noun} there, or delete and purge the secret to have a new one made.`,
    )
  }
  return freshTags(owner, wish, await step.clientId(apply), credentialId)
}

/** Whose it is, for whoever rotates it: nobody who only may write to the vault can tell Steward otherwise. */
async function remember(
  { owner, services }: PlanContext,
  { wish, clientId }: CredentialStep,
  apply: ApplyContext,
): Promise<void> {
  const { vaultUrl, secretName, kind, workspace } = wish
  const identity = { kind, name: owner.name, clientId: await clientId(apply), workspace }
  await services.credentials.remember({ vaultUrl, secretName }, identity)
}

/** The onboarding copies it itself, so nothing is left to be copied for the rotation. */
function scopeOf({ scopeName }: CredentialWish): CredentialTags['scope'] {
  return scopeName === null ? null : { scopeName, isPending: false }
}

async function renew(
  context: PlanContext,
  step: CredentialStep,
  vault: VaultClient,
  apply: ApplyContext,
  { held, isDeleted }: { readonly held: SecretVersion | null; readonly isDeleted: boolean },
): Promise<SecretVersion> {
  const { owner, patience } = context
  const { wish } = step
  const provider = await step.provider(apply)
  const clientId = await step.clientId(apply)
  // What was replaced before still waits for the end of its grace.
  const before = held && readCredentialTags(owner.instance, held.tags)
  await provider.requireIssuable(wish.lifetimeDays, step.principal?.credentials ?? [])
  return renewCredential({
    provider,
    place: { vault, secretName: wish.secretName, target: describeTarget(wish) },
    wish: {
      mark: credentialMark(owner.instance, wish.vaultUrl, wish.secretName),
      lifetimeDays: wish.lifetimeDays,
      scopes: null,
    },
    tagsOf: ({ credentialId }) =>
      mergeTags(
        held?.tags ?? {},
        writeCredentialTags({
          ...freshTags(owner, wish, clientId, credentialId),
          overrides: { ...before?.overrides, ...wish.overrides },
          isPaused: before?.isPaused ?? false,
          previous: before?.clientId === clientId ? before.previous : [],
        }),
      ),
    patience,
    guard: apply.guard,
    beforeUse: async () => step.beforeUse?.(apply),
    isDeletedOurs: isDeleted,
  })
}

/** Brings a deleted secret of ours back that still works. */
async function recover(
  { patience }: PlanContext,
  wish: CredentialWish,
  vault: VaultClient,
  { guard }: ApplyContext,
): Promise<SecretVersion> {
  const subject = `The recovery of ${describeTarget(wish)}`
  await waitForPropagation({
    subject,
    patience,
    attempt: async () => {
      guard()
      const outcome = await vault.recoverSecret(wish.secretName)
      return outcome === 'being-changed' ? undefined : outcome
    },
  })
  return waitForPropagation({
    subject,
    patience,
    attempt: async () => (await vault.getCurrentSecret(wish.secretName)) ?? undefined,
  })
}
