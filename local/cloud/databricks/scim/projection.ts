type Resource = Readonly<Record<string, unknown>>

function splitNames(text: string | null): ReadonlySet<string> | null {
  if (text === null || text.trim() === '') return null
  const names = text.split(',').map((name) => name.trim().toLowerCase().split('.')[0] ?? '')
  // A service principal's user name is its application id; clients that ask for the one are shown the other.
  return new Set(names.includes('username') ? [...names, 'applicationid'] : names)
}

/** Keeps what `attributes` asks for, without what `excludedAttributes` names; `id` and `schemas` are always there. */
export function projectResource(resource: Resource, query: URLSearchParams): Resource {
  const wanted = splitNames(query.get('attributes'))
  const unwanted = splitNames(query.get('excludedAttributes'))
  const keeps = (name: string): boolean =>
    name === 'id' || name === 'schemas' || ((wanted?.has(name) ?? true) && !(unwanted?.has(name) ?? false))
  return Object.fromEntries(Object.entries(resource).filter(([name]) => keeps(name.toLowerCase())))
}
