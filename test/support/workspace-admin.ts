import { createOutsider } from '../../local/outsider.ts'
import type { Stack } from '../../local/stack.ts'
import { parseExactly, toJsonNumber } from '../../src/clients/int64.ts'
import { CLOUDS } from '../../src/platform/clouds.ts'
import { WORKSPACE } from './onboarding-request.ts'

/** Somebody who is an admin of the workspace, and is not Steward. */
export interface WorkspaceAdmin {
  readonly clientId: string
  /** Calls the workspace and gives the body of the answer, null when it has none. Throws unless it is 200 or 204. */
  call<T = unknown>(method: string, path: string, body?: unknown): Promise<T>
  changeJob(jobId: string, settings: unknown): Promise<void>
  /** Starts a run and gives its id. */
  runJob(jobId: string): Promise<string>
}

/** Makes an application with a secret, and puts it into the workspace's group of admins. */
export async function createWorkspaceAdmin({ control, cloud }: Stack): Promise<WorkspaceAdmin> {
  const { appId: clientId, passwords } = await control.command<{
    appId: string
    passwords: { secretText: string }[]
  }>('graph', 'createApplication', { displayName: 'somebody', passwords: ['by hand'] })
  const resources = [{ kind: 'ServicePrincipal', applicationId: clientId, displayName: 'somebody' }]
  await control.command('databricks', 'seed', { resources })
  await control.command('databricks', 'setAdmin', { applicationId: clientId, admin: true })
  const outsider = await createOutsider(cloud)
  const call: WorkspaceAdmin['call'] = async <T>(method: string, path: string, body?: unknown) => {
    // Tokens of before the clock was moved are no good.
    const audience = CLOUDS.AzureCloud.databricksAudience
    const token = await outsider.signIn(clientId, passwords[0]?.secretText ?? '', audience)
    const answer = await outsider.call(method, `${WORKSPACE}${path}`, {
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    if (![200, 204].includes(answer.status)) {
      throw new Error(`${method} ${path} answered ${answer.status}: ${answer.body}`)
    }
    return (answer.body === '' ? null : parseExactly(answer.body)) as T
  }
  return {
    clientId,
    call,
    changeJob: async (jobId, settings) => {
      await call('POST', '/api/2.2/jobs/update', { job_id: toJsonNumber(jobId), new_settings: settings })
    },
    runJob: async (jobId) => {
      const body = { job_id: toJsonNumber(jobId) }
      return String((await call<{ run_id: bigint }>('POST', '/api/2.2/jobs/run-now', body)).run_id)
    },
  }
}
