/** One place where what came is not what was expected. */
export interface Difference {
  /** `status`, or the path of a field: `Resources[abc].displayName`. */
  readonly at: string
  readonly expected: unknown
  readonly got: unknown
}

type Json = Readonly<Record<string, unknown>>

/**
 * Compares as a client reads: every field that is expected must be there with that value, further fields are allowed, and
 * arrays are sets, in which every expected element and no other must be.
 */
export function compareJson(expected: unknown, got: unknown, at = ''): readonly Difference[] {
  if (Array.isArray(expected) && Array.isArray(got)) return compareSets(expected, got, at)
  if (isObject(expected) && isObject(got)) {
    return Object.entries(expected).flatMap(([name, value]) =>
      compareJson(value, got[name], at === '' ? name : `${at}.${name}`),
    )
  }
  return Object.is(expected, got) ? [] : [{ at, expected, got }]
}

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Elements that have a name are compared with their namesake; the others must be equal as a whole. */
function compareSets(expected: readonly unknown[], got: readonly unknown[], at: string): readonly Difference[] {
  const rest = [...got]
  const differences = expected.flatMap((element) => {
    const name = nameOf(element)
    const found = rest.findIndex((candidate) =>
      name === undefined ? compareJson(element, candidate).length === 0 : sharesName(element, candidate),
    )
    const place = `${at}[${name ?? JSON.stringify(element)}]`
    if (found < 0) return [{ at: place, expected: element, got: undefined }]
    const [namesake] = rest.splice(found, 1)
    return compareJson(element, namesake, place)
  })
  const unexpected = rest.map((element) => ({
    at: `${at}[${nameOf(element) ?? JSON.stringify(element)}]`,
    expected: undefined,
    got: element,
  }))
  return [...differences, ...unexpected]
}

const NAMES = ['id', 'value', 'display'] as const

function nameOf(element: unknown): string | undefined {
  if (!isObject(element)) return undefined
  const name = NAMES.map((field) => element[field]).find((value) => typeof value === 'string')
  return typeof name === 'string' ? name : undefined
}

/** By the first name that the expected one has. */
function sharesName(expected: unknown, candidate: unknown): boolean {
  if (!isObject(expected) || !isObject(candidate)) return false
  const field = NAMES.find((name) => typeof expected[name] === 'string')
  return field !== undefined && expected[field] === candidate[field]
}
