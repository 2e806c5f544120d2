import type { DatabricksClient } from '../clients/databricks/client.ts'
import { StewardError } from '../platform/errors.ts'
import { lookAgain } from '../platform/outcomes.ts'
import { isSameSource, jobSectionOf, notebookPathOf, writeNotebook } from './job-settings.ts'
import type { ApplyContext, PlanContext } from './step.ts'

/** What is at the notebook's path. */
export interface NotebookState {
  readonly path: string
  readonly state: 'missing' | 'as-wished' | 'changed' | 'no-notebook'
  readonly objectId: string | null
}

export async function lookAtNotebook(context: PlanContext, workspace: DatabricksClient): Promise<NotebookState> {
  const { request, config, owner, cloud } = context
  const section = jobSectionOf(request)
  const path = notebookPathOf(config, owner, section)
  const found = await workspace.getObjectStatus(path)
  if (!found) return { path, state: 'missing', objectId: null }
  const { objectId, kind, language } = found
  if (kind !== 'notebook') return { path, state: 'no-notebook', objectId }
  const source = await workspace.exportNotebook(path)
  const isSame = language === 'SQL' && source !== null && isSameSource(source, writeNotebook(section, cloud))
  return { path, state: isSame ? 'as-wished' : 'changed', objectId }
}

export async function applyNotebook(
  context: PlanContext,
  workspace: DatabricksClient,
  { path, state, objectId }: NotebookState,
  { guard }: ApplyContext,
): Promise<string> {
  if (state === 'as-wished' && objectId !== null) return objectId
  const source = writeNotebook(jobSectionOf(context.request), context.cloud)
  guard()
  await workspace.makeDirectories(path.slice(0, path.lastIndexOf('/')))
  guard()
  // It is in our folder, so it is ours to write over: a run that was killed may have left it there.
  const outcome = await workspace.importNotebook(path, { language: 'SQL', source, overwrite: true })
  if (outcome !== 'imported') throw lookAgain(`What hinders the import of the notebook ${path} (${outcome})`)
  const made = await workspace.getObjectStatus(path)
  if (made) return made.objectId
  throw new StewardError('not-propagated', `The notebook ${path} was made but is not shown yet; Steward looks again.`)
}

/** Why the notebook cannot be written. */
export function explainNotebook({ path, state }: NotebookState, host: string): StewardError | undefined {
  if (state !== 'no-notebook') return undefined
  return new StewardError(
    'differs',
    `${path} in ${host} is there, but is no notebook. Have a workspace admin move it away, or choose another name for the job.`,
  )
}
