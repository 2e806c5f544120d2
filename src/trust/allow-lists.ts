import type { Config } from '../platform/config-schema.ts'
import { type Issue, StewardError } from '../platform/errors.ts'

/** What an onboarding asks for, as far as the configuration has a say in it. */
export interface Wishes {
  readonly vaults: readonly Asked[]
  readonly workspaces: readonly Asked[]
  readonly entitlements: readonly Asked[]
  readonly groups: readonly Asked[]
}

/** A value and where in the request it stands. */
export interface Asked {
  readonly value: string
  readonly path: string
}

/** Every wish that the configuration does not allow, each with the setting that would allow it. */
function findForbidden(config: Config, wishes: Wishes): Issue[] {
  const { databricks } = config
  return [
    ...refuse(
      wishes.vaults,
      config.vaults.map(({ url }) => url),
      'vaults',
    ),
    ...refuse(wishes.workspaces, databricks?.workspaces.map(({ url }) => url) ?? [], 'databricks.workspaces'),
    ...refuse(wishes.entitlements, databricks?.entitlements ?? [], 'databricks.entitlements'),
    ...refuse(wishes.groups, databricks?.groups ?? [], 'databricks.groups'),
  ]
}

function refuse(asked: readonly Asked[], allowed: readonly string[], setting: string): Issue[] {
  return asked
    .filter(({ value }) => !allowed.includes(value))
    .map(({ value, path }) => ({
      path,
      message: `"${value}" is not allowed: ${setting} in steward.yaml does not list it`,
    }))
}

/** Throws `not-allowed` naming every wish that the configuration does not allow. */
export function requireAllowed(config: Config, wishes: Wishes): void {
  const issues = findForbidden(config, wishes)
  if (issues.length === 0) return
  throw new StewardError(
    'not-allowed',
    'The configuration does not allow all of this. Ask for less, or have the settings named here changed and deployed.',
    { issues },
  )
}
