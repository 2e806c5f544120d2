import { apiError } from '../errors.ts'

/** Where the tree also hangs: `/Workspace/Users` is `/Users`. */
const ALIAS = /^\/Workspace(?=\/|$)/

/** A path as the tree keeps it, or a refusal. */
export function normalizePath(path: string): string {
  if (!path.startsWith('/')) throw apiError(400, 'INVALID_PARAMETER_VALUE', `Path (${path}) doesn't start with '/'`)
  const segments = path.replace(ALIAS, '').split('/').slice(1)
  if (segments.at(-1) === '') segments.pop()
  if (segments.some((segment) => ['', '.', '..'].includes(segment))) {
    throw apiError(400, 'INVALID_PARAMETER_VALUE', `Path (${path}) is not a valid path`)
  }
  return `/${segments.join('/')}`
}

/** The parent of the root is the root. */
export function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/')) || '/'
}

/** Every directory above a path, the nearest first. */
export function ancestorsOf(path: string): readonly string[] {
  const parent = parentOf(path)
  return path === '/' ? [] : [parent, ...ancestorsOf(parent)]
}

export function isWithin(path: string, directory: string): boolean {
  return path === directory || directory === '/' || path.startsWith(`${directory}/`)
}
