import { z } from 'zod'
import { PRIVILEGED_ROLE_IDS, readRoleId } from './azure-roles.ts'
import { CLOUDS } from './clouds.ts'
import { findRotationContradictions } from './rotation-config.ts'

export const CLOUD_NAMES = ['AzureCloud', 'AzureUSGovernment', 'AzureChinaCloud'] as const

export const httpsOrigin = z
  .string()
  .regex(
    /^https:\/\/[a-z0-9][a-z0-9.-]*$/,
    'must be an origin such as https://name.example.net: lower case, no path, no trailing slash',
  )

/** What holds between fields, read from a configuration that may be wrong anywhere else. */
const outline = z
  .object({
    cloud: z.enum(CLOUD_NAMES).nullable().catch(null),
    vaults: z.array(z.unknown()).catch([]),
    databricks: z
      .object({
        workspaces: z.array(z.unknown()).catch([]),
        groups: z.array(z.unknown()).catch([]),
        managers: z.array(z.unknown()).catch([]),
        allowAdmins: z.unknown().optional(),
      })
      .nullable()
      .catch(null),
    machineLearning: z
      .object({
        workspaces: z.array(z.unknown()).catch([]),
        registries: z.array(z.unknown()).catch([]),
        roles: z.array(z.unknown()).catch([]),
        allowPrivilegedRoles: z.unknown().optional(),
      })
      .nullable()
      .catch(null),
    rotation: z.unknown(),
  })
  .nullable()
  .catch(null)
const placeOutline = z
  .object({ url: httpsOrigin.nullable().catch(null), resourceId: z.string().nullable().catch(null) })
  .catch({ url: null, resourceId: null })
const nameOutline = z.string().trim().toLowerCase().nullable().catch(null)

type Path = (string | number)[]

/** What zod cannot see field by field; told together with whatever else is wrong. */
export function reportContradictions(config: unknown, context: z.RefinementCtx): void {
  const known = outline.parse(config)
  if (!known) return
  const report = (path: Path, message: string): void => context.addIssue({ code: 'custom', path, message })
  const vaults = known.vaults.map((vault) => placeOutline.parse(vault))
  const workspaces = known.databricks?.workspaces.map((workspace) => placeOutline.parse(workspace)) ?? []
  reportTwice(
    vaults,
    ({ url }) => url,
    (index) => report(['vaults', index, 'url'], 'is listed twice'),
  )
  reportTwice(
    workspaces,
    ({ url }) => url,
    (index) => report(['databricks', 'workspaces', index, 'url'], 'is listed twice'),
  )
  if (known.cloud) {
    const { vaultSuffix, databricksSuffix } = CLOUDS[known.cloud]
    for (const [index, { url, resourceId }] of vaults.entries()) {
      const name = url === null ? null : readName(url, vaultSuffix, /^[a-z0-9-]+$/)
      if (name === undefined) {
        report(['vaults', index, 'url'], `must be https://<name>${vaultSuffix}: that is where ${known.cloud} has it`)
      } else if (name !== null && resourceId !== null && resourceId.split('/').at(-1)?.toLowerCase() !== name) {
        report(['vaults', index, 'resourceId'], `is not that of ${url}: they must name the same vault`)
      }
    }
    for (const [index, { url }] of workspaces.entries()) {
      if (url !== null && readName(url, databricksSuffix, /^adb-\d+\.\d+$/) === undefined) {
        const form = `https://adb-<workspace id>.<number>${databricksSuffix}`
        report(['databricks', 'workspaces', index, 'url'], `must be ${form}: that is where ${known.cloud} has it`)
      }
    }
  }
  if (known.databricks) reportGroups(known.databricks, report)
  if (known.machineLearning) reportRoles(known.machineLearning, report)
  for (const { path, message } of findRotationContradictions(known.rotation)) report(['rotation', ...path], message)
}

type Report = (path: Path, message: string) => void

function reportGroups(
  section: { readonly groups: readonly unknown[]; readonly managers: readonly unknown[]; allowAdmins?: unknown },
  report: Report,
): void {
  for (const key of ['groups', 'managers'] as const) {
    const names = section[key].map((name) => nameOutline.parse(name))
    reportTwice(
      names,
      (name) => name,
      (index) => report(['databricks', key, index], 'is listed twice'),
    )
  }
  const admins = section.groups.findIndex((name) => nameOutline.parse(name) === 'admins')
  if (admins >= 0 && section.allowAdmins !== true) {
    report(['databricks', 'groups', admins], 'is "admins", which needs databricks.allowAdmins: true')
  }
}

function reportRoles(
  section: {
    readonly workspaces: readonly unknown[]
    readonly registries: readonly unknown[]
    readonly roles: readonly unknown[]
    allowPrivilegedRoles?: unknown
  },
  report: Report,
): void {
  for (const key of ['workspaces', 'registries'] as const) {
    const ids = section[key].map((id) => nameOutline.parse(id))
    reportTwice(
      ids,
      (id) => id,
      (index) => report(['machineLearning', key, index], 'is listed twice'),
    )
  }
  const roleIds = section.roles.map((role) => (typeof role === 'string' ? (readRoleId(role) ?? null) : null))
  reportTwice(
    roleIds,
    (roleId) => roleId,
    (index) => report(['machineLearning', 'roles', index], 'is listed twice'),
  )
  if (section.allowPrivilegedRoles === true) return
  for (const [index, roleId] of roleIds.entries()) {
    if (roleId === null || !PRIVILEGED_ROLE_IDS.has(roleId)) continue
    report(
      ['machineLearning', 'roles', index],
      'can give any role to anybody: it needs machineLearning.allowPrivilegedRoles: true',
    )
  }
}

function reportTwice<T>(items: readonly T[], keyOf: (item: T) => string | null, report: (index: number) => void): void {
  const keys = items.map(keyOf)
  for (const [index, key] of keys.entries()) if (key !== null && keys.indexOf(key) < index) report(index)
}

/** What stands before the suffix, if it is a name of the wished form. */
function readName(url: string, suffix: string, form: RegExp): string | undefined {
  if (!url.endsWith(suffix)) return undefined
  const name = url.slice('https://'.length, -suffix.length)
  return form.test(name) ? name : undefined
}
