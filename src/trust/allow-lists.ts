import { readRoleId } from '../platform/azure-roles.ts'
import type { Config } from '../platform/config-schema.ts'
import { type Issue, StewardError } from '../platform/errors.ts'

/** What an onboarding asks for, as far as the configuration has a say in it. */
export interface Wishes {
  /** Its name: some vaults are for one onboarding alone. */
  readonly onboarding: string
  readonly vaults: readonly Asked[]
  /** Vaults that a secret scope shall show the principal whole. */
  readonly scopeVaults: readonly Asked[]
  readonly workspaces: readonly Asked[]
  readonly entitlements: readonly Asked[]
  readonly groups: readonly Asked[]
  readonly managers: readonly Asked[]
  readonly jobs: readonly Asked[]
  readonly machineLearningWorkspaces: readonly Asked[]
  readonly registries: readonly Asked[]
  /** By name or id. */
  readonly roles: readonly Asked[]
}

/** A value and where in the request it stands. */
export interface Asked {
  readonly value: string
  readonly path: string
}

/** Every wish that the configuration does not allow, each with the setting that would allow it. */
function findForbidden(config: Config, wishes: Wishes): Issue[] {
  const { databricks, machineLearning } = config
  const vaults = config.vaults.map(({ url }) => url)
  return [
    ...refuse(wishes.vaults, vaults, 'vaults'),
    ...refuse(wishes.scopeVaults, vaults, 'vaults'),
    ...refuse(wishes.workspaces, databricks?.workspaces.map(({ url }) => url) ?? [], 'databricks.workspaces'),
    ...refuse(wishes.entitlements, databricks?.entitlements ?? [], 'databricks.entitlements'),
    ...refuse(wishes.groups, databricks?.groups ?? [], 'databricks.groups'),
    ...refuse(wishes.managers, databricks?.managers ?? [], 'databricks.managers'),
    ...(databricks?.jobCluster
      ? []
      : wishes.jobs.map(({ path }) => ({
          path,
          message: 'is not allowed: databricks.jobCluster in steward.yaml says on what a job runs, and is not there',
        }))),
    ...refuse(
      wishes.machineLearningWorkspaces,
      machineLearning?.workspaces ?? [],
      'machineLearning.workspaces',
      toLowerCase,
    ),
    ...refuse(wishes.registries, machineLearning?.registries ?? [], 'machineLearning.registries', toLowerCase),
    ...refuse(wishes.roles, machineLearning?.roles ?? [], 'machineLearning.roles', (role) => readRoleId(role) ?? role),
  ]
}

/** Azure does not mind upper and lower case in resource ids. */
const toLowerCase = (text: string): string => text.toLowerCase()

function refuse(
  asked: readonly Asked[],
  allowed: readonly string[],
  setting: string,
  keyOf: (value: string) => string = (value) => value,
): Issue[] {
  const keys = new Set(allowed.map(keyOf))
  return asked
    .filter(({ value }) => !keys.has(keyOf(value)))
    .map(({ value, path }) => ({
      path,
      message: `"${value}" is not allowed: ${setting} in steward.yaml does not list it`,
    }))
}

/** Vaults that others share, or that are for somebody else: whoever can read one scope of a vault can read all of it. */
function findShared(config: Config, { onboarding, vaults, scopeVaults }: Wishes): Issue[] {
  const dedicatedTo = new Map(config.vaults.map((vault) => [vault.url, vault.dedicatedTo]))
  const foreign = [...vaults, ...scopeVaults].flatMap(({ value, path }): Issue[] => {
    const owner = dedicatedTo.get(value)
    if (owner === undefined || owner === onboarding) return []
    return [{ path, message: `${value} is dedicated to the onboarding "${owner}": choose another vault` }]
  })
  const shared = scopeVaults
    .filter(({ value }) => dedicatedTo.has(value) && dedicatedTo.get(value) === undefined)
    .map(({ value, path }) => ({
      path,
      message: `${value} is shared, and the principal could read everything in it: dedicate a vault to this onboarding (vaults[].dedicatedTo: ${onboarding} in steward.yaml), or choose the backend "databricks"`,
    }))
  return [...foreign, ...shared]
}

/** Throws `not-allowed`, or `vault-shared` when that is all there is, naming every wish that the configuration does not allow. */
export function requireAllowed(config: Config, wishes: Wishes): void {
  const forbidden = findForbidden(config, wishes)
  const shared = findShared(config, wishes)
  const issues = [...forbidden, ...shared]
  if (issues.length === 0) return
  throw new StewardError(
    forbidden.length === 0 ? 'vault-shared' : 'not-allowed',
    'The configuration does not allow all of this. Ask for less, or have the settings named here changed and deployed.',
    { issues },
  )
}
