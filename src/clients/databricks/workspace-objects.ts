import { z } from 'zod'
import { int64Id } from '../int64.ts'
import { demand, type JsonApi } from '../json-api.ts'
import { ask, isMissing, isTaken, orderCall, readCall } from './rest.ts'
import { DATABRICKS_RIGHTS } from './rights.ts'

export interface WorkspaceObject {
  readonly objectId: string
  readonly kind: 'notebook' | 'directory' | 'other'
  /** `SQL`, `PYTHON` and the like; null for what is no notebook. */
  readonly language: string | null
}

export interface WorkspaceObjectCalls {
  getObjectStatus(path: string): Promise<WorkspaceObject | null>
  /** Its source, below the line that Databricks writes above it; null when there is none. */
  exportNotebook(path: string): Promise<string | null>
  /** With all folders above; those that are there stay as they are. */
  makeDirectories(path: string): Promise<void>
  importNotebook(
    path: string,
    notebook: { readonly language: 'SQL'; readonly source: string; readonly overwrite: boolean },
  ): Promise<'imported' | 'already-exists' | 'parent-missing'>
  /** Never what is in a folder. One that is gone already counts as deleted. */
  deleteObject(path: string): Promise<'deleted' | 'not-empty'>
}

const PATH = '/api/2.0/workspace'

const KINDS: ReadonlyMap<string, WorkspaceObject['kind']> = new Map([
  ['NOTEBOOK', 'notebook'],
  ['DIRECTORY', 'directory'],
])

const statusAnswer = z
  .object({
    object_id: int64Id,
    object_type: z.string().max(64),
    language: z.string().max(64).nullish(),
  })
  .transform(
    ({ object_id, object_type, language }): WorkspaceObject => ({
      objectId: object_id,
      kind: KINDS.get(object_type) ?? 'other',
      language: language ?? null,
    }),
  )

/** The transport bounds the length. */
const exportAnswer = z.object({
  content: z.base64().transform((content) => Buffer.from(content, 'base64').toString('utf8')),
})

/** Calls on a workspace's tree of folders. All throw `upstream-denied`, `upstream-rejected` and what `HttpClient.send` throws. */
export function workspaceObjectCalls(workspace: JsonApi): WorkspaceObjectCalls {
  return {
    /** https://docs.databricks.com/api/azure/workspace/workspace/getstatus; right: `readObjects`. */
    getObjectStatus: (path) => {
      const right = DATABRICKS_RIGHTS.readObjects
      const call = readCall(`${PATH}/get-status`, { path }, { right, answer: statusAnswer })
      return ask(workspace, call, (error) => (isMissing(error) ? null : undefined))
    },

    /** https://docs.databricks.com/api/azure/workspace/workspace/export; right: `readObjects`. */
    exportNotebook: async (path) => {
      const right = DATABRICKS_RIGHTS.readObjects
      const call = readCall(`${PATH}/export`, { path, format: 'SOURCE' }, { right, answer: exportAnswer })
      const found = await ask(workspace, call, (error) => (isMissing(error) ? null : undefined))
      return found?.content ?? null
    },

    /** https://docs.databricks.com/api/azure/workspace/workspace/mkdirs; right: `changeObjects`. Refused when something else has the name. */
    makeDirectories: async (path) => {
      const call = orderCall(`${PATH}/mkdirs`, { path }, DATABRICKS_RIGHTS.changeObjects)
      demand(workspace, call, await workspace.call(call))
    },

    /** https://docs.databricks.com/api/azure/workspace/workspace/import; right: `changeObjects`. */
    importNotebook: async (path, { language, source, overwrite }) => {
      const content = Buffer.from(source).toString('base64')
      const body = { path, format: 'SOURCE', language, content, overwrite }
      const call = orderCall(`${PATH}/import`, body, DATABRICKS_RIGHTS.changeObjects)
      const outcome = await ask(workspace, call, (error) => {
        if (isTaken(error)) return 'already-exists'
        return isMissing(error) ? 'parent-missing' : undefined
      })
      return outcome === 'already-exists' || outcome === 'parent-missing' ? outcome : 'imported'
    },

    /** https://docs.databricks.com/api/azure/workspace/workspace/delete; right: `changeObjects`. */
    deleteObject: async (path) => {
      const call = orderCall(`${PATH}/delete`, { path, recursive: false }, DATABRICKS_RIGHTS.changeObjects)
      const outcome = await ask(workspace, call, (error) => {
        if (error.code === 'DIRECTORY_NOT_EMPTY') return 'not-empty'
        return isMissing(error) ? 'gone' : undefined
      })
      return outcome === 'not-empty' ? outcome : 'deleted'
    },
  }
}
