import { randomBytes } from 'node:crypto'
import { resourceIdOfHost } from '../arm/resources.ts'
import type { World } from '../world.ts'
import { DEFAULT_RUN_TIMES, type Job, type Run, type RunFailure, type RunTimes } from './jobs/job-state.ts'
import { createOauthState, type OauthState } from './oauth/oauth-state.ts'
import { protectedPaths, type WorkspaceObject } from './objects/object-state.ts'
import type { Grant } from './permissions/grant.ts'
import { ReplicatedMap, type Replication } from './replicated-map.ts'
import type { SecretScope } from './secrets/secret-scope.ts'
import { TokenStore } from './tokens/token-store.ts'

export interface ServicePrincipal {
  readonly id: string
  readonly applicationId: string | null
  readonly displayName: string
  readonly active: boolean
  readonly externalId: string | null
  readonly entitlements: readonly string[]
  readonly roles: readonly string[]
}

export interface Group {
  readonly id: string
  readonly displayName: string
  readonly externalId: string | null
  readonly entitlements: readonly string[]
  readonly roles: readonly string[]
  /** Ids of principals, groups and users. */
  readonly members: readonly string[]
}

/** A person in the workspace, known only so that groups can have such members. */
export interface User {
  readonly id: string
  readonly displayName: string
}

/** Which of the two recorded texts a duplicate service principal is refused with. */
export type ConflictText = 'application-id' | 'email'

export interface Workspace {
  readonly host: string
  /** The number in `adb-<number>.<n>.azuredatabricks.net`. */
  readonly orgId: string
  /** The workspace's Azure resource; compared without case. */
  resourceId: string
  readonly principals: ReplicatedMap<ServicePrincipal>
  readonly groups: ReplicatedMap<Group>
  readonly users: Map<string, User>
  readonly conf: Map<string, string>
  /** Object ids with the Contributor role on the workspace's Azure resource. */
  readonly contributors: Set<string>
  /** By lower-case name. */
  readonly scopes: Map<string, SecretScope>
  /** How many of the next ACLs are said to be put and are not. */
  ignoredAclPuts: number
  readonly tokens: TokenStore
  readonly oauth: OauthState
  /** What is granted on objects themselves, by `jobs/<id>`, `notebooks/<id>`, `directories/<id>` and `authorization/tokens`. */
  readonly grants: Map<string, readonly Grant[]>
  /** By path. */
  readonly objects: Map<string, WorkspaceObject>
  readonly jobs: Map<string, Job>
  readonly runs: Map<string, Run>
  runTimes: RunTimes
  /** What runs that start now are to end with. */
  runFailure: RunFailure | null
  conflictText: ConflictText
  requestsPerSecond: number | null
  /** When the requests of the last second came, on the machine's own clock that nobody moves; oldest first. */
  readonly recentRequests: number[]
}

export const ADMINS = 'admins'
export const USERS = 'users'

/** A random id as the service gives them: a decimal number beyond what a double can hold. */
export function newId(): string {
  return String((randomBytes(8).readBigUInt64BE() & 0x3fff_ffff_ffff_ffffn) | 0x0040_0000_0000_0001n)
}

export function findGroupByName(workspace: Workspace, name: string): Group | undefined {
  return workspace.groups.latestValues().find(({ displayName }) => displayName.toLowerCase() === name.toLowerCase())
}

/** Puts a group where everybody sees it at once. */
export function seedGroup(workspace: Workspace, group: Partial<Group> & Pick<Group, 'displayName'>): Group {
  const seeded = { id: newId(), externalId: null, entitlements: [], roles: [], members: [], ...group }
  workspace.groups.seed(seeded.id, seeded)
  return seeded
}

/** Puts a service principal where everybody sees it at once. */
export function seedPrincipal(workspace: Workspace, principal: Partial<ServicePrincipal>): ServicePrincipal {
  const seeded = {
    id: newId(),
    applicationId: null,
    displayName: principal.applicationId ?? 'unnamed',
    active: true,
    externalId: null,
    entitlements: [],
    roles: [],
    ...principal,
  }
  workspace.principals.seed(seeded.id, seeded)
  return seeded
}

export function createWorkspace(world: World, host: string, replication: Replication): Workspace {
  const { identity } = world.settings
  const workspace: Workspace = {
    host,
    orgId: /^adb-(\d+)\./.exec(host)?.[1] ?? '0',
    resourceId: resourceIdOfHost(world.settings, host),
    principals: new ReplicatedMap(world.clock, replication),
    groups: new ReplicatedMap(world.clock, replication),
    users: new Map(),
    conf: new Map(),
    contributors: new Set(),
    scopes: new Map(),
    ignoredAclPuts: 0,
    tokens: new TokenStore(),
    oauth: createOauthState(),
    grants: new Map([['authorization/tokens', [{ kind: 'group', name: ADMINS, level: 'CAN_MANAGE' }]]]),
    objects: new Map(protectedPaths.map((path) => [path, { kind: 'directory', objectId: newId(), path }])),
    jobs: new Map(),
    runs: new Map(),
    runTimes: DEFAULT_RUN_TIMES,
    runFailure: null,
    conflictText: 'application-id',
    requestsPerSecond: null,
    recentRequests: [],
  }
  const admin = seedPrincipal(workspace, { applicationId: identity.clientId, displayName: identity.name })
  seedGroup(workspace, { displayName: ADMINS, members: [admin.id] })
  seedGroup(workspace, {
    displayName: USERS,
    members: [admin.id],
    entitlements: ['workspace-access', 'databricks-sql-access'],
  })
  return workspace
}
