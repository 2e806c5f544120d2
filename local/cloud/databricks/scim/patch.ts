import { z } from 'zod'
import { invalidValue, scimError } from '../errors.ts'
import { parseResource } from './body.ts'

/** The attributes of a resource that a patch may touch. */
export interface PatchTarget {
  readonly scalars: Readonly<Record<string, string | boolean | null>>
  readonly lists: Readonly<Record<string, readonly string[]>>
}

const PATCH_SCHEMA = 'urn:ietf:params:scim:api:messages:2.0:PatchOp'

const patchBody = z.looseObject({
  schemas: z
    .array(z.string())
    .refine((schemas) => schemas.includes(PATCH_SCHEMA), { error: `${PATCH_SCHEMA} expected` }),
  Operations: z
    .array(
      z.looseObject({
        op: z
          .string()
          .transform((op) => op.toLowerCase())
          .pipe(z.enum(['add', 'remove', 'replace'])),
        path: z.string().optional(),
        value: z.unknown().optional(),
      }),
    )
    .min(1),
})

type Operation = z.infer<typeof patchBody>['Operations'][number]

const PATH = /^(?<attribute>\w+)(?:\[\s*value\s+eq\s+"(?<member>[^"]*)"\s*\])?$/i

const listValue = z.union([
  z.array(z.union([z.string(), z.looseObject({ value: z.string().optional() })])),
  z.looseObject({ value: z.string() }).transform((entry) => [entry]),
  z.string().transform((entry) => [entry]),
])

function readList(value: unknown): readonly string[] {
  const result = listValue.safeParse(value)
  if (!result.success) throw invalidValue('The value of a many-valued attribute is a list of objects with a value')
  return result.data
    .map((entry) => (typeof entry === 'string' ? entry : entry.value))
    .filter((entry) => entry !== undefined)
}

/** Clients also wrap single values: `[{"value":"false"}]`. */
function readScalar(value: unknown): string | boolean | null {
  const unwrapped = Array.isArray(value) ? (value[0] as unknown) : value
  const inner =
    typeof unwrapped === 'object' && unwrapped !== null && 'value' in unwrapped ? unwrapped.value : unwrapped
  if (typeof inner === 'string' || typeof inner === 'boolean' || inner === null) return inner
  throw invalidValue('A string or a boolean is expected')
}

function noSuchAttribute(attribute: string): Error {
  return scimError(400, `No such attribute with the name : ${attribute} in the current resource`, 'invalidPath')
}

function patchList(
  current: readonly string[],
  attribute: string,
  member: string | undefined,
  operation: Operation,
): readonly string[] {
  switch (operation.op) {
    case 'add':
      return [...new Set([...current, ...readList(operation.value)])]
    case 'replace':
      return [...new Set(readList(operation.value))]
    case 'remove': {
      if (current.length === 0) throw noSuchAttribute(attribute)
      const unwanted = member === undefined ? null : [member]
      const removed = unwanted ?? (operation.value == null ? current : readList(operation.value))
      return current.filter((entry) => !removed.includes(entry))
    }
  }
}

function patchScalar(
  current: string | boolean | null,
  attribute: string,
  operation: Operation,
): string | boolean | null {
  if (operation.op === 'remove') {
    if (current === null) throw noSuchAttribute(attribute)
    return null
  }
  const value = readScalar(operation.value)
  if (typeof current !== 'boolean') return value
  const text = String(value).toLowerCase()
  if (text !== 'true' && text !== 'false') throw invalidValue(`${attribute} is true or false`)
  return text === 'true'
}

function applyAt(target: PatchTarget, path: string, operation: Operation): PatchTarget {
  const match = PATH.exec(path)?.groups
  const attribute = match?.['attribute'] ?? ''
  const member = match?.['member']
  if (Object.hasOwn(target.lists, attribute)) {
    const patched = patchList(target.lists[attribute] ?? [], attribute, member, operation)
    return { ...target, lists: { ...target.lists, [attribute]: patched } }
  }
  if (Object.hasOwn(target.scalars, attribute) && member === undefined) {
    const patched = patchScalar(target.scalars[attribute] ?? null, attribute, operation)
    return { ...target, scalars: { ...target.scalars, [attribute]: patched } }
  }
  throw noSuchAttribute(path)
}

function applyOperation(target: PatchTarget, operation: Operation): PatchTarget {
  if (operation.path !== undefined) return applyAt(target, operation.path, operation)
  if (operation.op === 'remove') throw scimError(400, 'A path is required to remove', 'noTarget')
  const { value } = operation
  if (typeof value !== 'object' || value === null) throw invalidValue('Without a path the value is an object')
  return Object.entries(value).reduce(
    (patched, [name, entry]) => applyAt(patched, name, { ...operation, value: entry }),
    target,
  )
}

/** Applies a PatchOp body: all operations or, when one is refused, none. */
export function applyPatch(target: PatchTarget, json: unknown): PatchTarget {
  return parseResource(patchBody, json).Operations.reduce(applyOperation, target)
}
