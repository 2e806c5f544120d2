import type { CloudResponse, Route } from '../../service.ts'
import { apiError } from '../errors.ts'
import { type DatabricksState, guardRoute, type WorkspaceCall } from '../guard.ts'
import { forgetGrants } from '../permissions/grants.ts'
import { readBody, readQuery } from '../request-body.ts'
import { newId } from '../workspace-state.ts'
import { ensureHome, mayRead, requireManage } from './access.ts'
import { decodeSource, encodeSource } from './notebook-source.ts'
import { deleteBody, exportQuery, importBody, mkdirsBody, statusQuery } from './object-requests.ts'
import { protectedPaths, type WorkspaceObject } from './object-state.ts'
import { normalizePath, parentOf } from './paths.ts'
import { renderObject } from './render-object.ts'
import { addObject, ensureDirectory, listChildren, listSubtree, objectKeyOf, pathNotFound, pathTaken } from './tree.ts'

const done: CloudResponse = { status: 200, body: {} }

/** Only source code is pretended; what else the service takes is refused as not known, not as wrong. */
function requireSource(format: string): void {
  if (format !== 'SOURCE') throw apiError(501, 'NOT_IMPLEMENTED', `The local Databricks has no format ${format}`)
}

/** What the caller may not see is not there for it. */
function findVisible({ workspace, caller }: WorkspaceCall, path: string): WorkspaceObject {
  const object = workspace.objects.get(path)
  if (object === undefined || !mayRead(workspace, caller, object)) throw pathNotFound(path)
  return object
}

function mkdirs(call: WorkspaceCall): CloudResponse {
  const path = normalizePath(readBody(call.request, mkdirsBody).path)
  requireManage(call, path)
  ensureDirectory(call, path)
  return done
}

function importNotebook(state: DatabricksState, call: WorkspaceCall): CloudResponse {
  const { workspace } = call
  const body = readBody(call.request, importBody)
  requireSource(body.format)
  const path = normalizePath(body.path)
  const { language } = body
  if (language === undefined) {
    throw apiError(400, 'INVALID_PARAMETER_VALUE', 'The language field is required when the format is SOURCE')
  }
  const source = decodeSource(body.content, language)
  requireManage(call, path)
  const parent = parentOf(path)
  if (workspace.objects.get(parent)?.kind !== 'directory') {
    throw apiError(404, 'RESOURCE_DOES_NOT_EXIST', `The parent folder (${parent}) does not exist.`)
  }
  const known = workspace.objects.get(path)
  if (known?.kind === 'directory' || (known !== undefined && !body.overwrite)) throw pathTaken(path)
  const now = state.world.clock.now()
  const content = { language, source, modifiedAt: now }
  if (known === undefined) addObject(call, { kind: 'notebook', objectId: newId(), path, createdAt: now, ...content })
  else workspace.objects.set(path, { ...known, ...content })
  return done
}

function remove(call: WorkspaceCall): CloudResponse {
  const { workspace } = call
  const body = readBody(call.request, deleteBody)
  const path = normalizePath(body.path)
  const object = findVisible(call, path)
  requireManage(call, path)
  if (protectedPaths.includes(path)) throw apiError(400, 'DIRECTORY_PROTECTED', `Folder ${path} is protected`)
  if (object.kind === 'directory' && !body.recursive && listChildren(workspace, path).length > 0) {
    throw apiError(400, 'DIRECTORY_NOT_EMPTY', `Folder (${path}) is not empty`)
  }
  for (const each of listSubtree(workspace, path)) {
    workspace.objects.delete(each.path)
    forgetGrants(workspace, objectKeyOf(each))
  }
  return done
}

function getStatus(call: WorkspaceCall): CloudResponse {
  const path = normalizePath(readQuery(call.request, statusQuery).path)
  return { status: 200, body: renderObject(findVisible(call, path)) }
}

function exportNotebook(call: WorkspaceCall): CloudResponse {
  const query = readQuery(call.request, exportQuery)
  requireSource(query.format)
  const object = findVisible(call, normalizePath(query.path))
  if (object.kind === 'directory') {
    throw apiError(400, 'BAD_REQUEST', 'Cannot export a folder in the format SOURCE: only DBC has folders')
  }
  const { source, language } = object
  const fileType = { PYTHON: 'py', SQL: 'sql', SCALA: 'scala', R: 'r' }[language]
  return { status: 200, body: { content: encodeSource(source, language), file_type: fileType } }
}

function list(call: WorkspaceCall): CloudResponse {
  const { workspace, caller } = call
  const object = findVisible(call, normalizePath(readQuery(call.request, statusQuery).path))
  const listed = object.kind === 'notebook' ? [object] : listChildren(workspace, object.path)
  const objects = listed.filter((each) => mayRead(workspace, caller, each)).map(renderObject)
  return { status: 200, body: objects.length === 0 ? {} : { objects } }
}

export function createObjectRoutes(state: DatabricksState): readonly Route[] {
  const route = (
    name: string,
    method: 'GET' | 'POST',
    path: string,
    handle: (call: WorkspaceCall) => CloudResponse,
  ): Route =>
    guardRoute(state, { name, method, path: new RegExp(`^/api/2\\.0/workspace/${path}$`) }, (call) => {
      ensureHome(call)
      return handle(call)
    })
  return [
    route('workspace.mkdirs', 'POST', 'mkdirs', mkdirs),
    route('workspace.import', 'POST', 'import', (call) => importNotebook(state, call)),
    route('workspace.delete', 'POST', 'delete', remove),
    route('workspace.getStatus', 'GET', 'get-status', getStatus),
    route('workspace.export', 'GET', 'export', exportNotebook),
    route('workspace.list', 'GET', 'list', list),
  ]
}
