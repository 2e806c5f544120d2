import { StewardError } from '../../platform/errors.ts'
import { endpoint } from './endpoint.ts'

/** `GET /access?workspace=`: who has which role on an Azure Machine Learning workspace or registry, and from which scope. */
export const listAccess = endpoint('list-access', ['workspace'], async ({ app, query }) => {
  const { workspace } = query
  if (workspace === undefined) {
    throw new StewardError('invalid-request', 'Say which workspace: its resource id.', {
      issues: [{ path: 'workspace', message: 'is needed: ?workspace=/subscriptions/...' }],
    })
  }
  return { status: 200, body: { workspace, access: await app.listAccess(workspace) } }
})
