import { scimError } from '../errors.ts'

export type Predicate = (resource: Readonly<Record<string, unknown>>) => boolean

const operators: Readonly<Record<string, (actual: string, expected: string) => boolean>> = {
  eq: (actual, expected) => actual === expected,
  ne: (actual, expected) => actual !== expected,
  co: (actual, expected) => actual.includes(expected),
  sw: (actual, expected) => actual.startsWith(expected),
}

const CLAUSE =
  /^\s*(?<attribute>[\w.]+)\s+(?<operator>\w+)\s+(?:"(?<double>[^"]*)"|'(?<single>[^']*)'|(?<bare>[^\s"'()]+))\s*/

function invalidFilter(detail: string): Error {
  return scimError(400, detail, 'invalidFilter')
}

/**
 * Reads a filter of plain clauses joined by `and` and `or` (no parentheses, which the service does not take either).
 * Only the named attributes can be asked for; strings compare without case, as SCIM has it.
 */
export function parseFilter(text: string, attributes: readonly string[]): Predicate {
  const alternatives: Predicate[][] = [[]]
  let rest = text
  for (;;) {
    const match = CLAUSE.exec(rest)
    if (match?.groups === undefined) throw invalidFilter(`Could not parse the filter: ${text}`)
    const { attribute = '', operator = '', double, single, bare } = match.groups
    alternatives.at(-1)?.push(createClause(attribute, operator, double ?? single ?? bare ?? '', attributes))
    rest = rest.slice(match[0].length)
    if (rest === '') break
    const junction = /^(?<word>and|or)\s+/i.exec(rest)
    if (junction?.groups === undefined) throw invalidFilter(`Could not parse the filter: ${text}`)
    if (junction.groups['word']?.toLowerCase() === 'or') alternatives.push([])
    rest = rest.slice(junction[0].length)
  }
  return (resource) => alternatives.some((clauses) => clauses.every((clause) => clause(resource)))
}

function createClause(name: string, operator: string, expected: string, attributes: readonly string[]): Predicate {
  const attribute = attributes.find((candidate) => candidate.toLowerCase() === name.toLowerCase())
  if (attribute === undefined) throw invalidFilter(`The attribute ${name} cannot be filtered by`)
  const compare = operators[operator.toLowerCase()]
  if (compare === undefined) throw invalidFilter(`The operator ${operator} is not supported`)
  // The service fails on an empty operand instead of refusing it.
  if (expected === '') throw scimError(500, 'Index 1 out of bounds for length 1')
  return (resource) => {
    const actual = readText(resource, attribute)
    return actual !== null && compare(actual.toLowerCase(), expected.toLowerCase())
  }
}

/** A single value as text; lists and absent attributes are null. */
export function readText(resource: Readonly<Record<string, unknown>>, attribute: string): string | null {
  const value = resource[attribute]
  return typeof value === 'string' || typeof value === 'boolean' ? String(value) : null
}
