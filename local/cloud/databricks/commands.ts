import { z } from 'zod'
import type { CloudService } from '../service.ts'
import type { DatabricksState } from './guard.ts'
import { describeJobs, setRunFailure, setRunTimes } from './jobs/commands.ts'
import { leaveAllGroups } from './memberships.ts'
import { renderGroup, renderPrincipal } from './scim/render.ts'
import { describeScopes, listStoredValues } from './secrets/describe-scopes.ts'
import { putSeed, seedThing } from './seed.ts'
import { createTokenCommands } from './tokens/commands.ts'
import { ADMINS, findGroupByName, type ServicePrincipal, type Workspace } from './workspace-state.ts'

/** The first workspace of the settings unless named, by host or URL. */
const workspaceField = { workspace: z.string().optional() }

const inputs = {
  workspace: z.strictObject(workspaceField).optional(),
  seed: z.strictObject({ ...workspaceField, resources: z.array(seedThing) }),
  lag: z.strictObject({ scimMs: z.number().nonnegative() }),
  setAdmin: z.strictObject({ ...workspaceField, applicationId: z.string(), admin: z.boolean() }),
  principal: z.strictObject({ ...workspaceField, applicationId: z.string() }),
  member: z.strictObject({ ...workspaceField, group: z.string(), applicationId: z.string() }),
  rate: z.strictObject({ ...workspaceField, requestsPerSecond: z.number().positive().nullable() }),
  contributor: z.strictObject({ ...workspaceField, oid: z.guid(), contributor: z.boolean() }),
  resourceId: z.strictObject({ ...workspaceField, resourceId: z.string() }),
  aclFlakiness: z.strictObject({ ...workspaceField, times: z.int().nonnegative() }),
  conflictText: z.strictObject({ ...workspaceField, text: z.enum(['application-id', 'email']) }),
}

function findWorkspace(state: DatabricksState, name: string | undefined): Workspace {
  const host = name?.replace(/^https:\/\//, '').replace(/\/$/, '')
  const known = [...state.workspaces.values()]
  const workspace = host === undefined ? known[0] : state.workspaces.get(host)
  if (workspace !== undefined) return workspace
  throw new Error(`no workspace ${name}: the local cloud has ${known.map((other) => other.host).join(', ')}`)
}

function findPrincipal(workspace: Workspace, applicationId: string): ServicePrincipal {
  const principal = workspace.principals.latestValues().find((candidate) => candidate.applicationId === applicationId)
  if (principal === undefined) throw new Error(`no service principal ${applicationId} in ${workspace.host}`)
  return principal
}

function describeWorkspace(state: DatabricksState, workspace: Workspace): unknown {
  const groups = workspace.groups.latestValues()
  return {
    workspace: workspace.host,
    resourceId: workspace.resourceId,
    servicePrincipals: workspace.principals.latestValues().map((principal) => renderPrincipal(principal, groups)),
    groups: groups.map((group) => renderGroup(workspace, group, groups)),
    conf: Object.fromEntries(workspace.conf),
    contributors: [...workspace.contributors],
    objects: [...workspace.objects.values()],
    ...describeJobs(state, workspace),
    scopes: describeScopes(workspace),
    grants: Object.fromEntries(workspace.grants),
  }
}

function setMembership(workspace: Workspace, name: string, applicationId: string, isMember: boolean): void {
  const group = findGroupByName(workspace, name)
  if (group === undefined) throw new Error(`no group ${name} in ${workspace.host}`)
  const { id } = findPrincipal(workspace, applicationId)
  const others = group.members.filter((member) => member !== id)
  workspace.groups.seed(group.id, { ...group, members: isMember ? [...others, id] : others })
}

/** `reset` starts a workspace anew; the others arrange or show. */
export function createDatabricksCommands(state: DatabricksState, reset: () => void): CloudService['commands'] {
  return {
    ...createTokenCommands(state, { workspace: (name) => findWorkspace(state, name), principal: findPrincipal }),
    inspect: (input) => {
      const { workspace } = inputs.workspace.parse(input) ?? {}
      const selected = workspace === undefined ? [...state.workspaces.values()] : [findWorkspace(state, workspace)]
      return { workspaces: selected.map((each) => describeWorkspace(state, each)) }
    },
    reset: () => {
      reset()
      return {}
    },
    seed: (input) => {
      const { workspace, resources } = inputs.seed.parse(input)
      return { ids: resources.map((resource) => putSeed(state.world, findWorkspace(state, workspace), resource)) }
    },
    lag: (input) => {
      state.replication.lagMs = inputs.lag.parse(input).scimMs
      return {}
    },
    setAdmin: (input) => {
      const { workspace, applicationId, admin } = inputs.setAdmin.parse(input)
      setMembership(findWorkspace(state, workspace), ADMINS, applicationId, admin)
      return {}
    },
    addMember: (input) => {
      const { workspace, group, applicationId } = inputs.member.parse(input)
      setMembership(findWorkspace(state, workspace), group, applicationId, true)
      return {}
    },
    removeMember: (input) => {
      const { workspace, group, applicationId } = inputs.member.parse(input)
      setMembership(findWorkspace(state, workspace), group, applicationId, false)
      return {}
    },
    removePrincipal: (input) => {
      const { workspace: name, applicationId } = inputs.principal.parse(input)
      const workspace = findWorkspace(state, name)
      const { id } = findPrincipal(workspace, applicationId)
      leaveAllGroups(workspace, id)
      workspace.principals.forget(id)
      workspace.tokens.revokeAllOf(id, state.world.clock.now())
      return {}
    },
    rate: (input) => {
      const { workspace, requestsPerSecond } = inputs.rate.parse(input)
      findWorkspace(state, workspace).requestsPerSecond = requestsPerSecond
      return {}
    },
    setContributor: (input) => {
      const { workspace, oid, contributor } = inputs.contributor.parse(input)
      const { contributors } = findWorkspace(state, workspace)
      if (contributor) contributors.add(oid)
      else contributors.delete(oid)
      return {}
    },
    setResourceId: (input) => {
      const { workspace, resourceId } = inputs.resourceId.parse(input)
      findWorkspace(state, workspace).resourceId = resourceId
      return {}
    },
    workspaceSecretValues: () => ({ values: [...state.workspaces.values()].flatMap(listStoredValues) }),
    aclFlakiness: (input) => {
      const { workspace, times } = inputs.aclFlakiness.parse(input)
      findWorkspace(state, workspace).ignoredAclPuts = times
      return {}
    },
    conflictText: (input) => {
      const { workspace, text } = inputs.conflictText.parse(input)
      findWorkspace(state, workspace).conflictText = text
      return {}
    },
    runTimes: (input) => {
      setRunTimes(state, input)
      return {}
    },
    failRuns: (input) => {
      setRunFailure(state, input, (name) => findWorkspace(state, name))
      return {}
    },
  }
}
