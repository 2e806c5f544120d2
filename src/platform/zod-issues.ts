import type { z } from 'zod'
import type { Issue } from './errors.ts'

/** Zod's issues as ours: the path in the dotted form that people write, unknown keys one by one. */
export function toIssues(error: z.ZodError): Issue[] {
  return error.issues.flatMap((issue) => {
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({
        path: formatPath([...issue.path, key]),
        message: 'is not known here',
      }))
    }
    return [{ path: formatPath(issue.path), message: issue.message }]
  })
}

function formatPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`
    return text === '' ? String(part) : `${text}.${String(part)}`
  }, '')
}
