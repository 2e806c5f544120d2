import type { Stack } from '../../../../local/stack.ts'
import type { Sender } from './sender.ts'

interface Inspected {
  readonly jobs: readonly { readonly jobId: string }[]
  readonly objects: readonly { readonly objectId: string; readonly path: string }[]
}

/** Calls and refusals of permissions on jobs, notebooks and directories. */
export async function callDatabricksPermissions({ send }: Sender, { control, cloud }: Stack): Promise<void> {
  const [, workspace = ''] = cloud.settings.workspaces
  const api = `https://${workspace}/api`
  const path = '/Shared/permissions/check'
  await send(200, 'POST', `${api}/2.0/workspace/mkdirs`, { body: { path: '/Shared/permissions' } })
  const notebook = { path, format: 'SOURCE', language: 'SQL', content: 'U0VMRUNUIDE=' }
  await send(200, 'POST', `${api}/2.0/workspace/import`, { body: notebook })
  await send(200, 'POST', `${api}/2.2/jobs/create`, { body: { name: 'permissions', tasks: [] } })
  // The answers' own ids are beyond what JSON.parse keeps.
  const { workspaces } = await control.command<{ workspaces: readonly Inspected[] }>('databricks', 'inspect', {
    workspace,
  })
  const [{ jobs, objects } = { jobs: [], objects: [] }] = workspaces
  const idOf = (wanted: string): string => objects.find((object) => object.path === wanted)?.objectId ?? ''
  const job = `jobs/${jobs.at(-1)?.jobId}`
  const tree = [`notebooks/${idOf(path)}`, `directories/${idOf('/Shared/permissions')}`]

  const permissions = `${api}/2.0/permissions`
  const users = { group_name: 'users', permission_level: 'CAN_MANAGE' }
  const owner = { service_principal_name: cloud.settings.identity.clientId, permission_level: 'IS_OWNER' }
  const nobody = { user_name: 'nobody@example.com', permission_level: 'CAN_MANAGE' }
  await send(400, 'PUT', `${permissions}/${job}`, { body: { access_control_list: [users] } })
  await send(200, 'PUT', `${permissions}/${job}`, { body: { access_control_list: [users, owner] } })
  for (const object of [job, ...tree]) {
    await send(200, 'GET', `${permissions}/${object}/permissionLevels`)
    await send(200, 'PATCH', `${permissions}/${object}`, { body: { access_control_list: [users] } })
    await send(404, 'PATCH', `${permissions}/${object}`, { body: { access_control_list: [nobody] } })
    await send(200, 'GET', `${permissions}/${object}`)
  }
  for (const object of tree) {
    await send(200, 'PUT', `${permissions}/${object}`, { body: { access_control_list: [users] } })
  }
  await send(404, 'GET', `${permissions}/jobs/1`)
  await send(404, 'GET', `${permissions}/notebooks/1`)
}
