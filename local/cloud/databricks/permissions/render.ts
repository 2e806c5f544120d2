import { findNamed } from '../named-principals.ts'
import type { Workspace } from '../workspace-state.ts'
import type { Grant, PrincipalKind } from './grant.ts'
import { isForSame, listGrants } from './grants.ts'
import { objectTypes } from './object-types.ts'
import type { InheritedGrant, Target } from './target.ts'

const fields: Readonly<Record<PrincipalKind, string>> = {
  'service-principal': 'service_principal_name',
  user: 'user_name',
  group: 'group_name',
}

function renderLevel(grant: Grant | InheritedGrant): Readonly<Record<string, unknown>> {
  return 'from' in grant
    ? { permission_level: grant.level, inherited: true, inherited_from_object: [grant.from] }
    : { permission_level: grant.level, inherited: false }
}

function renderEntry(workspace: Workspace, grants: readonly Grant[], { kind, name }: Grant): unknown {
  const display = kind === 'group' ? undefined : findNamed(workspace, name, kind)?.displayName
  return {
    [fields[kind]]: name,
    ...(display === undefined ? {} : { display_name: display }),
    all_permissions: grants.map(renderLevel),
  }
}

/** Permissions as every call but that for levels answers: an entry for each principal, with all it has. */
export function renderPermissions(workspace: Workspace, { collection, key, inherited }: Target): unknown {
  const all: readonly Grant[] = [...listGrants(workspace, key), ...inherited]
  const holders = all.filter((grant, index) => all.findIndex((other) => isForSame(grant, other)) === index)
  return {
    object_id: `/${key}`,
    object_type: objectTypes[collection].objectType,
    access_control_list: holders.map((holder) =>
      renderEntry(
        workspace,
        all.filter((grant) => isForSame(grant, holder)),
        holder,
      ),
    ),
  }
}
