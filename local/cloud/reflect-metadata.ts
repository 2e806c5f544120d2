/**
 * The three functions of the Reflect metadata proposal that the dependency injection inside `@peculiar/x509` asks for when
 * it loads; so this must be imported before it.
 */
const metadata = new WeakMap<object, Map<unknown, unknown>>()

const readMetadata = (key: unknown, target: object): unknown => metadata.get(target)?.get(key)

Object.assign(Reflect, {
  getMetadata: readMetadata,
  getOwnMetadata: readMetadata,
  defineMetadata: (key: unknown, value: unknown, target: object): void => {
    const entries = metadata.get(target) ?? new Map<unknown, unknown>()
    metadata.set(target, entries.set(key, value))
  },
})
