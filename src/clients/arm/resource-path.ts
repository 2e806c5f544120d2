/** A resource id as a path, with a leading slash; names in it may have letters that a path must not have. */
export function resourcePath(resourceId: string): string {
  const segments = resourceId.split('/').filter((segment) => segment !== '')
  return `/${segments.map(encodeURIComponent).join('/')}`
}
