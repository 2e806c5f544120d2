import { z } from 'zod'
import type { CloudResponse, Route } from '../service.ts'
import { apiError } from './errors.ts'
import { type DatabricksState, guardRoute, type WorkspaceCall } from './guard.ts'

const isSwitch = (value: string): boolean => value === 'true' || value === 'false'
const isNumber = (value: string): boolean => /^\d+$/.test(value)

/** The settings this fake knows, and which values each takes. */
const settings: Readonly<Record<string, (value: string) => boolean>> = {
  enableTokensConfig: isSwitch,
  maxTokenLifetimeDays: isNumber,
  enableIpAccessLists: isSwitch,
  enableDbfsFileBrowser: isSwitch,
  enableDcs: isSwitch,
  enableExportNotebook: isSwitch,
  enableNotebookTableClipboard: isSwitch,
  enableResultsDownloading: isSwitch,
  enableWebTerminal: isSwitch,
  enforceWorkspaceViewAcls: isSwitch,
}

const confPatch = z.record(z.string(), z.string())

function requireAdmin({ caller }: WorkspaceCall): void {
  if (!caller.isAdmin) throw apiError(403, 'PERMISSION_DENIED', 'Only workspace admins can access workspace settings.')
}

function requireKnownKeys(keys: readonly string[]): void {
  const unknown = keys.filter((key) => !Object.hasOwn(settings, key))
  if (unknown.length > 0) throw apiError(400, 'BAD_REQUEST', `Invalid keys: ${JSON.stringify(unknown)}`)
}

function getConf(call: WorkspaceCall): CloudResponse {
  requireAdmin(call)
  const keys = (call.request.url.searchParams.get('keys') ?? '').split(',').filter((key) => key !== '')
  if (keys.length === 0) throw apiError(400, 'BAD_REQUEST', 'Missing required field: keys')
  requireKnownKeys(keys)
  return { status: 200, body: Object.fromEntries(keys.map((key) => [key, call.workspace.conf.get(key) ?? null])) }
}

function parsePatch(body: Buffer): Record<string, string> {
  try {
    return confPatch.parse(JSON.parse(body.toString()))
  } catch {
    throw apiError(400, 'MALFORMED_REQUEST', 'Invalid JSON: workspace settings are a map of strings to strings')
  }
}

function patchConf(call: WorkspaceCall): CloudResponse {
  requireAdmin(call)
  const patch = parsePatch(call.request.body)
  requireKnownKeys(Object.keys(patch))
  const refused = Object.entries(patch).filter(([key, value]) => settings[key]?.(value) !== true)
  if (refused.length > 0) {
    const shown = JSON.stringify(Object.fromEntries(refused))
    throw apiError(400, 'BAD_REQUEST', `Some values are not allowed: ${shown}`)
  }
  for (const [key, value] of Object.entries(patch)) call.workspace.conf.set(key, value)
  return { status: 204 }
}

export function createWorkspaceConfRoutes(state: DatabricksState): readonly Route[] {
  const path = /^\/api\/2\.0\/workspace-conf$/
  return [
    guardRoute(state, { name: 'workspaceConf.get', method: 'GET', path }, getConf),
    guardRoute(state, { name: 'workspaceConf.patch', method: 'PATCH', path }, patchConf),
  ]
}
