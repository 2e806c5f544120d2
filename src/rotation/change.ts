import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import type { SecretVersion, VaultClient } from '../clients/keyvault/client.ts'
import type { Config } from '../platform/config-schema.ts'
import { StewardError } from '../platform/errors.ts'
import { findPolicyContradictions, policyFields } from '../platform/rotation-policy.ts'
import { toIssues } from '../platform/zod-issues.ts'
import type { AuditTrail } from '../trust/audit.ts'
import {
  type CredentialTags,
  MAX_PREVIOUS,
  mergeTags,
  readCredentialTags,
  writeCredentialTags,
} from '../trust/credential-tags.ts'
import { type ExclusionPorts, secretExclusionKey, withPatientExclusion } from '../trust/exclusion.ts'
import type { PolicyOverrides } from '../trust/rotation-policy.ts'
import { describeCredential } from './rotate.ts'
import { type CredentialRef, isProven, type StatusStore } from './status.ts'
import type { EnqueueWork } from './work-message.ts'

export interface ChangePorts extends ExclusionPorts {
  readonly config: Config
  vault(url: string): VaultClient
  readonly store: StatusStore
  readonly audit: AuditTrail
  readonly enqueue: EnqueueWork
}

/** One look at a credential takes seconds; a caller waits that long for it. */
const LONGEST_WAIT_MS = 30_000

/** Who asks. */
export interface Asker {
  readonly who: string
  readonly correlationId: string
}

const rotationSchema = z.strictObject({
  graceHours: policyFields.graceHours.optional(),
  takeOver: z.boolean().default(false),
})

export type RotationRequest = z.output<typeof rotationSchema>

const field = policyFields
const changeSchema = z
  .strictObject({
    state: z.enum(['active', 'paused']).optional(),
    policy: z
      .strictObject({
        lifetimeDays: field.lifetimeDays.nullish(),
        renewBeforeDays: field.renewBeforeDays.nullish(),
        graceHours: field.graceHours.nullish(),
        whenStillUsed: field.whenStillUsed.nullish(),
        maxWaitHours: field.maxWaitHours.nullish(),
      })
      .optional(),
  })
  .refine(({ state, policy }) => state !== undefined || policy !== undefined, 'must have state, policy, or both')

export type CredentialChange = z.output<typeof changeSchema>

/** Parses the body of a rotation on demand. Throws `invalid-request`. */
export function parseRotationRequest(body: unknown): RotationRequest {
  return parse(rotationSchema, body)
}

/** Parses the body of a change. Throws `invalid-request`. */
export function parseCredentialChange(body: unknown): CredentialChange {
  return parse(changeSchema, body)
}

function parse<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body)
  if (parsed.success) return parsed.data
  throw new StewardError('invalid-request', 'The request is not valid; nothing was changed.', {
    issues: toIssues(parsed.error),
  })
}

/**
 * Has the version that is current now replaced, once, however often it is asked for. Throws `not-found`, `not-ours`,
 * `switched-off` or `in-grace`.
 */
export async function requestRotation(
  ports: ChangePorts,
  ref: CredentialRef,
  { graceHours, takeOver }: RotationRequest,
  { who, correlationId }: Asker,
): Promise<void> {
  const { current, tags } = await look(ports, ref)
  const target = describeCredential(ref)
  if (!tags && !takeOver) {
    throw new StewardError(
      'not-ours',
      `The current version of the ${target} bears no complete mark of Steward's: somebody added it. If Steward kept the secret before, an Admin may put a new credential over it with "takeOver": true.`,
    )
  }
  if (tags?.isPaused) {
    throw new StewardError(
      'switched-off',
      `The ${target} is paused, and nothing before it would be revoked. Resume it (PATCH with "state": "active"), then ask again.`,
    )
  }
  if (!current.isEnabled) {
    throw new StewardError(
      'switched-off',
      `The current version of the ${target} was disabled by somebody. Enable it again, then ask again.`,
    )
  }
  const promised = tags?.previous.filter(({ retireAt }) => retireAt.getTime() > ports.time.now()) ?? []
  if (promised.length >= MAX_PREVIOUS && graceHours !== 0) {
    throw new StewardError(
      'in-grace',
      `The ${target} was rotated ${MAX_PREVIOUS} times within its grace, and all of those credentials are still promised, the oldest until ${promised.at(-1)?.retireAt.toISOString()}. Wait until then, or ask with "graceHours": 0, which ends every grace.`,
    )
  }
  const asked = { replaces: current.version, takesOver: takeOver, ...(graceHours === undefined ? {} : { graceHours }) }
  await ports.enqueue({ ...ref, who, attempt: 0, correlationId, ...asked }, 0)
}

/**
 * Pauses or resumes a credential, or changes its policy; a field that is null goes back to the configuration's. Throws
 * `not-found`, `not-ours`, `invalid-request` for a policy that contradicts itself, and `busy` while it is worked on.
 */
export function changeCredential(
  ports: ChangePorts,
  ref: CredentialRef,
  change: CredentialChange,
  { who, correlationId }: Asker,
): Promise<void> {
  const keys = [secretExclusionKey(ref.vaultUrl, ref.secretName)]
  return withPatientExclusion(ports, keys, LONGEST_WAIT_MS, async (guard) => {
    const { current, tags } = await look(ports, ref)
    const target = describeCredential(ref)
    if (!tags) throw new StewardError('not-ours', `The ${target} bears no complete mark of Steward's.`)
    const changed: CredentialTags = {
      ...tags,
      isPaused: change.state === undefined ? tags.isPaused : change.state === 'paused',
      overrides: mergeOverrides(tags.overrides, change.policy),
    }
    requireSound(ports.config, changed.overrides)
    const begunAt = new Date(ports.time.now())
    const entry = {
      key: `${randomUUID()}-change`,
      who,
      action: describeChange(change),
      target,
      workId: target,
      correlationId,
    }
    await ports.audit.record(begunAt, [{ ...entry, outcome: 'started' }])
    guard()
    const updated = await ports.vault(ref.vaultUrl).updateSecret(ref.secretName, current.version, {
      tags: mergeTags(current.tags, writeCredentialTags(changed)),
    })
    if (updated === 'not-there') throw explainMissing(ref)
    await ports.audit.record(begunAt, [{ ...entry, outcome: 'done' }])
    // What that changes is seen to at once, not at the timer's next fire.
    await ports.enqueue({ ...ref, who, attempt: 0, correlationId }, 0)
  })
}

async function look(
  { config, vault, store }: ChangePorts,
  ref: CredentialRef,
): Promise<{ readonly current: SecretVersion; readonly tags: CredentialTags | null }> {
  const [current, status] = await Promise.all([vault(ref.vaultUrl).getCurrentSecret(ref.secretName), store.get(ref)])
  const tags = current && readCredentialTags(config.instance, current.tags)
  if (tags && status && isProven(tags, status, 'unknown', '') !== true) {
    throw new StewardError(
      'not-ours',
      `The tags of the ${describeCredential(ref)} say that it is of ${tags.clientId}, for the onboarding "${tags.owner.name}", and Steward did not put that there. Run its onboarding again, which finds out.`,
    )
  }
  if (current) return { current, tags }
  throw explainMissing(ref)
}

function explainMissing(ref: CredentialRef): StewardError {
  return new StewardError(
    'not-found',
    `There is no ${describeCredential(ref)}. Was it deleted? Recover it ("az keyvault secret recover"), or start its onboarding again.`,
  )
}

function mergeOverrides(overrides: PolicyOverrides, changes: CredentialChange['policy'] = {}): PolicyOverrides {
  const merged = { ...overrides, ...changes }
  return Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== null && value !== undefined))
}

function requireSound({ rotation }: Config, overrides: PolicyOverrides): void {
  const issues = findPolicyContradictions({ ...rotation, ...overrides }).map(({ field: name, message }) => ({
    path: `policy.${name}`,
    message,
  }))
  if (issues.length === 0) return
  throw new StewardError('invalid-request', 'The policy contradicts itself; nothing was changed.', { issues })
}

function describeChange({ state, policy }: CredentialChange): string {
  return [state && `state ${state}`, policy && `policy ${JSON.stringify(policy)}`].filter(Boolean).join(', ')
}
