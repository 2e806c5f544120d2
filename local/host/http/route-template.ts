import { createConstraint, type RouteConstraint } from './route-constraint.ts'

export interface RouteTemplate {
  /** Lower sorts first: the more a template says, the earlier it is tried. */
  readonly precedence: string
  /** The values of the parameters when the path fits; the path is percent-decoded and starts with a slash. */
  match(path: string): Record<string, string> | undefined
}

interface Parameter {
  readonly name: string
  readonly isWildcard: boolean
  readonly isOptional: boolean
  readonly defaultValue: string | undefined
  readonly constraints: readonly RouteConstraint[]
}

type Part = string | Parameter

/** Parses an ASP.NET route template as far as Azure Functions use it; throws when it does not parse. */
export function parseRouteTemplate(template: string): RouteTemplate {
  const segments = splitSegments(template).map(parseSegment)
  const parameters = segments.flat().filter((part) => typeof part !== 'string')
  const names = new Set(parameters.map(({ name }) => name.toLowerCase()))
  if (names.size < parameters.length) throw new Error(`the route "${template}" names a parameter twice`)
  const pattern = new RegExp(`^${segments.map(toPattern).join('')}/?$`, 'i')
  return {
    precedence: segments.map(getPrecedence).join(''),
    match(path) {
      const found = pattern.exec(path)
      return found ? readValues(parameters, found.slice(1)) : undefined
    },
  }
}

function readValues(parameters: readonly Parameter[], found: readonly (string | undefined)[]) {
  const values: Record<string, string> = {}
  for (const [index, { name, defaultValue, constraints }] of parameters.entries()) {
    const value = found[index] || defaultValue
    if (value === undefined) continue
    if (!constraints.every((accepts) => accepts(value))) return undefined
    values[name] = value
  }
  return values
}

function splitSegments(template: string): string[] {
  const trimmed = template.replace(/^\/|\/$/g, '')
  if (trimmed === '') return []
  // A slash inside braces belongs to a constraint, such as a regular expression.
  const segments: string[] = trimmed.match(/(?:\{[^{}]*\}|[^/])+|(?<=\/)(?=\/)/g) ?? []
  if (segments.includes('')) throw new Error(`the route "${template}" has an empty segment`)
  return segments
}

function parseSegment(segment: string): Part[] {
  const parts = segment.split(/(\{[^{}]*\})/).filter(Boolean)
  return parts.map((part) => {
    if (part.startsWith('{') && part.endsWith('}')) return parseParameter(part.slice(1, -1))
    if (/[{}]/.test(part)) throw new Error(`the route segment "${segment}" has an unmatched brace`)
    return part
  })
}

function parseParameter(text: string): Parameter {
  const match = /^(\*{0,2})([^:=?*/]+)((?::(?:\([^)]*\)|[^:=?(])+(?:\([^)]*\))?)*)(\?|=.*)?$/.exec(text)
  if (!match) throw new Error(`the route parameter "{${text}}" does not parse`)
  const [, stars, name = '', constraints = '', ending = ''] = match
  return {
    name,
    isWildcard: Boolean(stars),
    isOptional: ending !== '',
    defaultValue: ending.startsWith('=') ? ending.slice(1) : undefined,
    constraints: (constraints.match(/:[^:(]+(?:\([^)]*\))?/g) ?? []).map((one) => createConstraint(one.slice(1))),
  }
}

function toPattern(parts: readonly Part[]): string {
  const [only] = parts
  if (parts.length === 1 && only !== undefined && typeof only !== 'string') {
    if (only.isWildcard) return '(?:/(.*))?'
    return only.isOptional ? '(?:/([^/]+))?' : '/([^/]+)'
  }
  return `/${parts.map((part) => (typeof part === 'string' ? escapePattern(part) : '([^/]+)')).join('')}`
}

function getPrecedence(parts: readonly Part[]): string {
  const [only] = parts
  if (parts.length > 1 || only === undefined) return '2'
  if (typeof only === 'string') return '1'
  const rank = only.isWildcard ? 5 : 3
  return String(only.constraints.length > 0 ? rank - 1 : rank)
}

function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
