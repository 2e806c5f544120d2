import { toJsonNumber } from '../int64.ts'
import type { WorkspaceObject } from './object-state.ts'

/** An object as get-status and list show it. */
export function renderObject(object: WorkspaceObject): Readonly<Record<string, unknown>> {
  const { objectId, path } = object
  const id = { object_id: toJsonNumber(objectId), resource_id: objectId }
  if (object.kind === 'directory') return { object_type: 'DIRECTORY', path, ...id }
  const { language, createdAt, modifiedAt } = object
  return { object_type: 'NOTEBOOK', path, language, created_at: createdAt, modified_at: modifiedAt, ...id }
}
