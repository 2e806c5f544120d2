/** Makes a thing once for each key, for all who ask; a failure is told to those who waited and then tried anew. */
export function rememberSuccess<T>(make: (key: string) => Promise<T>): (key?: string) => Promise<T> {
  const made = new Map<string, Promise<T>>()
  return (key = '') => {
    const known = made.get(key)
    if (known) return known
    const making = make(key)
    made.set(key, making)
    making.catch(() => made.delete(key))
    return making
  }
}
