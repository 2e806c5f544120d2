/** Whether what holds at `above` holds at `scope`, too: it is the same or an ancestor. Ids compare without regard to case. */
export function covers(above: string, scope: string): boolean {
  const [outer, inner] = [normalizeScope(above), normalizeScope(scope)]
  return inner === outer || inner.startsWith(`${outer}/`)
}

export function isSameScope(a: string, b: string): boolean {
  return normalizeScope(a) === normalizeScope(b)
}

/** The tenant's root scope, `/`, becomes the empty string. */
function normalizeScope(scope: string): string {
  return scope.toLowerCase().replace(/\/$/, '')
}
