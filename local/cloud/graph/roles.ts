/** Application roles of Microsoft Graph that the fakes know, by their ids (https://learn.microsoft.com/graph/permissions-reference). */
export const graphRoleIds = {
  'Application.Read.All': '9a5d68dd-52b0-4cc2-bd40-abcf44ac3a30',
  'Application.ReadWrite.All': '1bfefb4e-e0b5-418b-a88f-73c46d2cc8e9',
  'Application.ReadWrite.OwnedBy': '18a4783c-866b-4cc7-a460-3d5e5662c884',
  'AppRoleAssignment.ReadWrite.All': '06b708a9-e830-4db3-a914-8e69da51d44f',
  'Directory.Read.All': '7ab1d382-f21e-4acd-a863-ba3e13f7da61',
} as const

export type GraphRole = keyof typeof graphRoleIds

export const graphRoles = Object.keys(graphRoleIds) as GraphRole[]

export function findRole(roleId: string): GraphRole | undefined {
  return graphRoles.find((role) => graphRoleIds[role] === roleId.toLowerCase())
}
