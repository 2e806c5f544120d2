/** What a condition can look at: the assignment that is asked for, or the one that is there. */
export interface AssignmentAttributes {
  readonly roleDefinitionId: string
  readonly principalId: string
  /** Null where the request does not say it. */
  readonly principalType: string | null
}

export interface ConditionContext {
  readonly action: string
  /** For writes. */
  readonly request?: AssignmentAttributes
  /** For deletions. */
  readonly resource?: AssignmentAttributes
}

export type Condition = (context: ConditionContext) => boolean

const PREFIX = 'Microsoft.Authorization/roleAssignments:'

/** Punctuation, a text in quotes, or a word with its brackets or its quantifier. */
const TOKEN = /\s*(?:([(){},!]|&&|\|\|)|'([^']*)'|(@?[\w-]+(?:\[[^\]]*\]|:\w+)?))/y

/**
 * Reads the part of Azure's condition language that conditions on role assignments use: `ActionMatches`, comparisons of
 * role definition, principal and principal type, and what joins them
 * (https://learn.microsoft.com/azure/role-based-access-control/conditions-format). Throws on anything else.
 */
export function parseCondition(text: string): Condition {
  const tokens = tokenize(text)
  let position = 0
  const peek = (): string => tokens[position] ?? ''
  const take = (): string => {
    const token = tokens[position++]
    if (token === undefined) throw new Error('the condition ends too early')
    return token
  }
  const expect = (value: string): void => {
    const token = take()
    if (token !== value) throw new Error(`the condition has "${token}" where "${value}" should be`)
  }
  const isNext = (...values: readonly string[]): boolean => values.includes(peek().toUpperCase())

  const readAny = (): Condition => {
    const parts = [readAll()]
    while (isNext('OR', '||')) {
      take()
      parts.push(readAll())
    }
    return (context) => parts.some((part) => part(context))
  }
  const readAll = (): Condition => {
    const parts = [readOne()]
    while (isNext('AND', '&&')) {
      take()
      parts.push(readOne())
    }
    return (context) => parts.every((part) => part(context))
  }
  const readOne = (): Condition => {
    if (isNext('!', 'NOT')) {
      take()
      const inner = readOne()
      return (context) => !inner(context)
    }
    if (isNext('(')) {
      take()
      const inner = readAny()
      expect(')')
      return inner
    }
    return readComparison(take(), take, readValues)
  }
  const readValues = (): readonly string[] => {
    const values: string[] = []
    expect('{')
    do values.push(take())
    while (take() === ',')
    return values
  }

  const condition = readAny()
  if (position < tokens.length) throw new Error(`the condition has "${peek()}" after its end`)
  return condition
}

function readComparison(subject: string, take: () => string, readValues: () => readonly string[]): Condition {
  if (subject === 'ActionMatches') {
    const actions = readValues().map((action) => action.toLowerCase())
    return ({ action }) => actions.includes(action.toLowerCase())
  }
  const attribute = readAttribute(subject)
  const operator = take()
  const [, quantifier = 'ForAnyOfAnyValues', name = ''] =
    /^(?:(ForAnyOfAnyValues|ForAnyOfAllValues):)?(\w+)$/.exec(operator) ?? []
  const compare = comparisons[name]
  if (compare === undefined) throw new Error(`the local Azure does not know the operator "${operator}"`)
  const values = readValues()
  return (context) => {
    const actual = attribute(context)
    if (actual === null) return false
    return quantifier === 'ForAnyOfAllValues'
      ? values.every((value) => compare(actual, value))
      : values.some((value) => compare(actual, value))
  }
}

const isSame = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()

const comparisons: Readonly<Record<string, (actual: string, value: string) => boolean>> = {
  GuidEquals: isSame,
  GuidNotEquals: (a, b) => !isSame(a, b),
  StringEquals: (a, b) => a === b,
  StringNotEquals: (a, b) => a !== b,
  StringEqualsIgnoreCase: isSame,
  StringNotEqualsIgnoreCase: (a, b) => !isSame(a, b),
}

function readAttribute(subject: string): (context: ConditionContext) => string | null {
  const [, source, name = ''] = /^@(Request|Resource)\[([^\]]*)\]$/.exec(subject) ?? []
  const attribute = name.startsWith(PREFIX) ? name.slice(PREFIX.length) : ''
  const read = attributes[attribute]
  if (source === undefined || read === undefined) throw new Error(`the local Azure does not know "${subject}"`)
  return ({ request, resource }) => {
    const from = source === 'Request' ? request : resource
    return from === undefined ? null : read(from)
  }
}

const attributes: Readonly<Record<string, (from: AssignmentAttributes) => string | null>> = {
  RoleDefinitionId: ({ roleDefinitionId }) => roleDefinitionId,
  PrincipalId: ({ principalId }) => principalId,
  PrincipalType: ({ principalType }) => principalType,
}

function tokenize(text: string): readonly string[] {
  const tokens: string[] = []
  const end = text.trimEnd().length
  TOKEN.lastIndex = 0
  while (TOKEN.lastIndex < end) {
    const start = TOKEN.lastIndex
    const [, ...kinds] = TOKEN.exec(text) ?? []
    const token = kinds.find((kind) => kind !== undefined)
    if (token === undefined) throw new Error(`the condition cannot be read from "${text.slice(start, start + 20)}" on`)
    tokens.push(token)
  }
  return tokens
}
