import { isObject } from '../compare.ts'

/**
 * Makes JSON Schema of what Swagger 2 and OpenAPI 3.0 mean: a `$ref` stands alone, `nullable` admits null, an enumeration
 * that its service may add to is open, and an object has the properties that are described, no others.
 */
export function adaptSchema(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(adaptSchema)
  if (!isObject(node)) return node
  if (typeof node['$ref'] === 'string') return { $ref: node['$ref'] }
  const { nullable, 'x-nullable': xNullable, 'x-ms-enum': described, 'x-ms-examples': _, ...rest } = node
  const isOpen = isObject(described) && described['modelAsString'] === true
  const schema: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(rest)) {
    if (name === 'enum' && isOpen && Array.isArray(value)) continue
    // Of a parameter, not of its value.
    if (name === 'required' && typeof value === 'boolean') continue
    schema[name] = adaptMember(name, value)
  }
  return nullable === true || xNullable === true ? { anyOf: [schema, { type: 'null' }] } : schema
}

/** Only where a whole value is described: the parts of an `allOf` know nothing of each other's properties. */
function adaptMember(name: string, value: unknown): unknown {
  if (name === 'properties' && isObject(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([property, schema]) => [property, closeSchema(adaptSchema(schema))]),
    )
  }
  return name === 'items' || name === 'schema' ? closeSchema(adaptSchema(value)) : adaptSchema(value)
}

/** Anything may be in an object of which nothing is said. */
function closeSchema(schema: unknown): unknown {
  if (!isObject(schema) || 'additionalProperties' in schema) return schema
  const isSaid = ['$ref', 'properties', 'allOf', 'anyOf'].some((name) => name in schema)
  return isSaid ? { ...schema, unevaluatedProperties: false } : schema
}
