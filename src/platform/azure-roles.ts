/**
 * Built-in roles of Azure by name: the ids are the same in every tenant and cloud
 * (https://learn.microsoft.com/azure/role-based-access-control/built-in-roles).
 */
const ROLE_IDS = {
  'AzureML Data Scientist': 'f6c7c914-8db3-469d-8ca1-694a8f32e121',
  'AzureML Compute Operator': 'e503ece1-11d0-4e8e-8e2c-7a6c3bf38815',
  'AzureML Registry User': '1823dd4f-9b8c-4ab6-ab4e-7397a3684615',
  Reader: 'acdd72a7-3385-48ef-bd42-f606fba81ae7',
  Contributor: 'b24988ac-6180-42a0-ab88-20f7382dd24c',
  Owner: '8e3af657-a8ff-443c-a75c-2fe8c4bcb635',
  'User Access Administrator': '18d7d88d-d35e-4fb5-a5c3-7773c20a72d9',
  'Role Based Access Control Administrator': 'f58310d9-a9f6-439a-9e8d-f62e7b41a168',
} as const

/** Names that need no id. */
export const ROLE_NAMES: readonly string[] = Object.keys(ROLE_IDS)

/** Whoever has one of these can give any role to anybody, on whatever it covers. */
export const PRIVILEGED_ROLE_IDS: ReadonlySet<string> = new Set([
  ROLE_IDS.Owner,
  ROLE_IDS['User Access Administrator'],
  ROLE_IDS['Role Based Access Control Administrator'],
])

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** The id of a role that is given by its name or its id; undefined for a name that is not known here. */
export function readRoleId(role: string): string | undefined {
  const wanted = role.trim().toLowerCase()
  if (GUID.test(wanted)) return wanted
  return Object.entries(ROLE_IDS).find(([name]) => name.toLowerCase() === wanted)?.[1]
}

/** The name of a built-in role that is known here, else the id itself. */
export function nameRole(roleId: string): string {
  return Object.entries(ROLE_IDS).find(([, id]) => id === roleId.toLowerCase())?.[0] ?? roleId
}
