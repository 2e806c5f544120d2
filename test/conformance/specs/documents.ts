import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { ErrorObject, ValidateFunction } from 'ajv'
import { Ajv2019 } from 'ajv/dist/2019.js'
import formats from 'ajv-formats'
import { isObject } from '../compare.ts'
import { adaptSchema } from './schema-adapter.ts'

/** A place in one of a description's files. */
export interface Place {
  readonly file: string
  /** Keys from the root of the file. */
  readonly keys: readonly string[]
}

/** Gives what is wrong with a value; nothing when it is as described. */
export type Validator = (value: unknown) => readonly ErrorObject[]

/** A description's files, with those they refer to. */
export interface Documents {
  /** What is there, references followed; undefined when nothing is. */
  look(place: Place): { readonly value: unknown; readonly place: Place }
  /** Checks values against the schema that is there; compiled when first used. */
  validator(place: Place): Validator
}

export function child({ file, keys }: Place, ...names: readonly string[]): Place {
  return { file, keys: [...keys, ...names] }
}

export async function readDocuments(folder: string, main: string): Promise<Documents> {
  const files = new Map<string, unknown>()
  const read = async (file: string): Promise<void> => {
    if (files.has(file)) return
    const document: unknown = JSON.parse(await readFile(join(folder, file), 'utf8'))
    files.set(file, document)
    for (const reference of listReferences(document)) {
      const [other = ''] = reference.split('#')
      if (other !== '') await read(join(dirname(file), other))
    }
  }
  await read(main)
  const ajv = createAjv(files)
  const look: Documents['look'] = (place) => {
    const value = place.keys.reduce<unknown>(
      (node, key) => (isObject(node) || Array.isArray(node) ? Reflect.get(node, key) : undefined),
      files.get(place.file),
    )
    const reference = isObject(value) ? value['$ref'] : undefined
    return typeof reference === 'string' ? look(resolveReference(place.file, reference)) : { value, place }
  }
  return {
    look,
    validator: ({ file, keys }) => {
      let compiled: ValidateFunction | undefined
      return (value) => {
        compiled ??= ajv.compile({ $ref: `${idOf(file)}#${keys.map((key) => `/${escapeKey(key)}`).join('')}` })
        return compiled(value) ? [] : (compiled.errors ?? [])
      }
    },
  }
}

function createAjv(files: ReadonlyMap<string, unknown>): Ajv2019 {
  const ajv = new Ajv2019({ strict: false, allErrors: true, logger: false, validateSchema: false })
  formats.default(ajv)
  ajv.addFormat('unixtime', { type: 'number', validate: (value) => Number.isInteger(value) })
  for (const [file, document] of files) {
    const adapted = adaptSchema(document)
    if (isObject(adapted)) ajv.addSchema({ ...adapted, $id: idOf(file) })
  }
  return ajv
}

const ORIGIN = 'https://description.invalid/'

function idOf(file: string): string {
  return ORIGIN + encodeURI(file)
}

/** As JSON pointers have it, inside of a URI fragment. */
function escapeKey(key: string): string {
  return encodeURIComponent(key.replaceAll('~', '~0').replaceAll('/', '~1'))
}

function resolveReference(file: string, reference: string): Place {
  const [other = '', pointer = ''] = reference.split('#')
  const keys = pointer.split('/').slice(1)
  return {
    file: other === '' ? file : join(dirname(file), other),
    keys: keys.map((key) => decodeURIComponent(key).replaceAll('~1', '/').replaceAll('~0', '~')),
  }
}

function listReferences(node: unknown): readonly string[] {
  if (Array.isArray(node)) return node.flatMap(listReferences)
  if (!isObject(node)) return []
  if (typeof node['$ref'] === 'string') return [node['$ref']]
  return Object.entries(node).flatMap(([name, value]) => (name === 'x-ms-examples' ? [] : listReferences(value)))
}
