/** An alternate key in an OData path, `(uniqueName='o''brien')`: quotes doubled, then percent-encoded. */
export function alternateKey(property: string, value: string): string {
  return `(${property}='${encodeURIComponent(value.replaceAll("'", "''"))}')`
}
