import { z } from 'zod'
import type { World } from '../world.ts'
import { describeMember } from './memberships.ts'
import { seedSecrets, seedSecretThing } from './secrets/seed.ts'
import {
  ADMINS,
  findGroupByName,
  type Group,
  type ServicePrincipal,
  seedGroup,
  seedPrincipal,
  USERS,
  type Workspace,
} from './workspace-state.ts'

const reference = z.looseObject({
  value: z.string().optional(),
  display: z.string().optional(),
  $ref: z.string().optional(),
})

type Reference = z.infer<typeof reference>

const common = {
  id: z.string().optional(),
  displayName: z.string().optional(),
  externalId: z.string().optional(),
  entitlements: z.array(reference).default([]),
  roles: z.array(reference).default([]),
  groups: z.array(reference).default([]),
}

/** A SCIM resource as it stands in an answer, taken as it is: no id or value is checked. */
const seedResource = z.discriminatedUnion('kind', [
  z.looseObject({
    kind: z.literal('ServicePrincipal'),
    ...common,
    applicationId: z.string().optional(),
    active: z.boolean().default(true),
  }),
  z.looseObject({ kind: z.literal('Group'), ...common, members: z.array(reference).default([]) }),
  z.looseObject({ kind: z.literal('User'), id: z.string(), displayName: z.string().optional() }),
])

type SeedResource = z.infer<typeof seedResource>

/** What the workspace can be made to hold beforehand. */
export const seedThing = z.union([seedResource, seedSecretThing])

const readValues = (references: readonly Reference[]): readonly string[] =>
  references.map(({ value }) => value).filter((value) => value !== undefined)

/** Clients may leave out a value that only the display name stands for. */
const readId = ({ value, display }: Reference): string => value ?? display ?? ''

/** Finds the group by id; or gives a group of that name this id; or makes it. */
function ensureGroup(workspace: Workspace, id: string, displayName: string): Group {
  const known = workspace.groups.getLatest(id)
  if (known !== undefined) return known
  const namesake = findGroupByName(workspace, displayName)
  if (namesake === undefined) return seedGroup(workspace, { id, displayName })
  workspace.groups.forget(namesake.id)
  return seedGroup(workspace, { ...namesake, id })
}

function joinGroup(workspace: Workspace, group: Group, memberId: string): void {
  if (group.members.includes(memberId)) return
  workspace.groups.seed(group.id, { ...group, members: [...group.members, memberId] })
}

function joinGroups(workspace: Workspace, references: readonly Reference[], memberId: string): void {
  for (const entry of references) {
    const id = readId(entry)
    joinGroup(workspace, ensureGroup(workspace, id, entry.display ?? id), memberId)
  }
}

function ensureMember(workspace: Workspace, entry: Reference): string {
  const id = readId(entry)
  if (describeMember(workspace, id) !== null) return id
  const displayName = entry.display ?? id
  if (entry.$ref?.startsWith('Groups/')) seedGroup(workspace, { id, displayName })
  else if (entry.$ref?.startsWith('ServicePrincipals/')) seedPrincipal(workspace, { id, displayName })
  else workspace.users.set(id, { id, displayName })
  return id
}

function readCommon(resource: Exclude<SeedResource, { kind: 'User' }>): Partial<ServicePrincipal & Group> {
  return {
    ...(resource.id === undefined ? {} : { id: resource.id }),
    ...(resource.displayName === undefined ? {} : { displayName: resource.displayName }),
    externalId: resource.externalId ?? null,
    entitlements: readValues(resource.entitlements),
    roles: readValues(resource.roles),
  }
}

/** Puts a resource in place, replacing one of the same id (or, for groups, name), and gives its id. */
function seedScimResource(workspace: Workspace, resource: SeedResource): string {
  switch (resource.kind) {
    case 'User':
      workspace.users.set(resource.id, { id: resource.id, displayName: resource.displayName ?? resource.id })
      return resource.id
    case 'ServicePrincipal': {
      const { applicationId = null, active } = resource
      const principal = seedPrincipal(workspace, { ...readCommon(resource), applicationId, active })
      const everybody = findGroupByName(workspace, USERS)
      if (everybody !== undefined) joinGroup(workspace, everybody, principal.id)
      joinGroups(workspace, resource.groups, principal.id)
      return principal.id
    }
    case 'Group': {
      const displayName = resource.displayName ?? resource.id ?? ''
      const namesake = findGroupByName(workspace, displayName)
      if (namesake !== undefined) workspace.groups.forget(namesake.id)
      // The two groups of the system keep their members, or the seed would lock everybody out.
      const kept = [ADMINS, USERS].includes(displayName) ? (namesake?.members ?? []) : []
      const members = [...kept, ...resource.members.map((entry) => ensureMember(workspace, entry))]
      const group = seedGroup(workspace, { ...readCommon(resource), displayName, members })
      joinGroups(workspace, resource.groups, group.id)
      return group.id
    }
  }
}

/** Puts a thing in place, and gives the id or name that it goes by. */
export function putSeed(world: World, workspace: Workspace, thing: z.infer<typeof seedThing>): string {
  switch (thing.kind) {
    case 'User':
    case 'ServicePrincipal':
    case 'Group':
      return seedScimResource(workspace, thing)
    case 'SecretScope':
    case 'Secret':
    case 'SecretAcl':
      return seedSecrets(world, workspace, thing)
  }
}
