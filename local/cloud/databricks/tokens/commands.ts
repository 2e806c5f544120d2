import { z } from 'zod'
import type { CloudService } from '../../service.ts'
import type { DatabricksState } from '../guard.ts'
import type { ServicePrincipal, Workspace } from '../workspace-state.ts'
import { TOKENS_KEY } from './access.ts'
import { LONGEST_LIFETIME_DAYS } from './lifetime.ts'
import { type PersonalAccessToken, stateOf } from './token-store.ts'

const workspaceField = { workspace: z.string().optional() }

const milliseconds = z.number().nonnegative()

const inputs = {
  workspace: z.strictObject(workspaceField),
  tokens: z.strictObject({ ...workspaceField, applicationId: z.string().optional() }),
  seedToken: z.strictObject({
    ...workspaceField,
    applicationId: z.string(),
    comment: z.string().optional(),
    scopes: z.array(z.string()).optional(),
    createdAgoMs: milliseconds.default(0),
    /** Null for one that was never used. */
    usedAgoMs: milliseconds.nullable().default(null),
    /** Counted from the creation; null for one that never expires. */
    lifetimeMs: z
      .number()
      .positive()
      .nullable()
      .default(LONGEST_LIFETIME_DAYS * 86_400_000),
  }),
  tokenQuota: z.strictObject({ ...workspaceField, quota: z.int().nonnegative() }),
  tokenPermissions: z.strictObject({ ...workspaceField, bornWithFirstToken: z.boolean() }),
  letUseTokens: z.strictObject({ ...workspaceField, group: z.string() }),
}

/** How the other commands find what theirs are about. */
export interface Finders {
  workspace(name: string | undefined): Workspace
  principal(workspace: Workspace, applicationId: string): ServicePrincipal
}

function describeToken(token: PersonalAccessToken, now: number): unknown {
  const { tokenId, ownerClientId: applicationId, comment, scopes, createdAt, expiresAt, lastUsedAt, revokedAt } = token
  const state = stateOf(token, now)
  return { tokenId, applicationId, comment, scopes, state, createdAt, expiresAt, lastUsedAt, revokedAt }
}

function countByComment(tokens: readonly PersonalAccessToken[]): Readonly<Record<string, number>> {
  const groups = Map.groupBy(tokens, ({ comment }) => comment ?? '')
  return Object.fromEntries([...groups].map(([comment, { length }]) => [comment, length]))
}

/** Nothing is checked: neither the right to tokens nor quota nor lifetime. */
function seedToken(state: DatabricksState, find: Finders, input: unknown): unknown {
  const seed = inputs.seedToken.parse(input)
  const workspace = find.workspace(seed.workspace)
  const { id, applicationId } = find.principal(workspace, seed.applicationId)
  const now = state.world.clock.now()
  const createdAt = now - seed.createdAgoMs
  const { tokenId, value } = workspace.tokens.create(
    {
      ownerId: id,
      ownerClientId: applicationId ?? id,
      comment: seed.comment ?? null,
      scopes: seed.scopes ?? null,
      createdAt,
      expiresAt: seed.lifetimeMs === null ? null : createdAt + seed.lifetimeMs,
    },
    seed.usedAgoMs === null ? null : now - seed.usedAgoMs,
  )
  return { tokenId, tokenValue: value }
}

/** `seedToken` and `credentialValues` alone give values away. */
export function createTokenCommands(state: DatabricksState, find: Finders): CloudService['commands'] {
  const now = (): number => state.world.clock.now()
  return {
    tokens: (input) => {
      const { workspace, applicationId } = inputs.tokens.parse(input)
      const tokens = find
        .workspace(workspace)
        .tokens.listAll()
        .filter(({ ownerClientId }) => applicationId === undefined || ownerClientId === applicationId)
      return { tokens: tokens.map((token) => describeToken(token, now())) }
    },
    countTokens: (input) => {
      const active = find.workspace(inputs.workspace.parse(input).workspace).tokens.listActive(now())
      return { active: active.length, byComment: countByComment(active) }
    },
    seedToken: (input) => seedToken(state, find, input),
    tokenQuota: (input) => {
      const { workspace, quota } = inputs.tokenQuota.parse(input)
      find.workspace(workspace).tokens.quota = quota
      return {}
    },
    tokenPermissions: (input) => {
      const { workspace, bornWithFirstToken } = inputs.tokenPermissions.parse(input)
      find.workspace(workspace).tokens.isBornWithFirstToken = bornWithFirstToken
      return {}
    },
    letUseTokens: (input) => {
      const { workspace, group } = inputs.letUseTokens.parse(input)
      const { grants } = find.workspace(workspace)
      grants.set(TOKENS_KEY, [...(grants.get(TOKENS_KEY) ?? []), { kind: 'group', name: group, level: 'CAN_USE' }])
      return {}
    },
    credentialValues: () => ({
      values: [...state.workspaces.values()].flatMap(({ tokens, oauth }) => [
        ...tokens.listAll().map(({ value }) => value),
        ...oauth.issued,
      ]),
    }),
  }
}
