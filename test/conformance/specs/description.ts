import { isObject } from '../compare.ts'
import { child, type Documents, type Place, type Validator } from './documents.ts'

export interface Parameter {
  readonly name: string
  readonly in: 'path' | 'query' | 'header'
  readonly isRequired: boolean
  /** Of the value's schema: `integer`, `string`, ... */
  readonly type: string
  readonly validate: Validator
}

export interface Content {
  readonly isRequired: boolean
  readonly validate: Validator
}

export interface Operation {
  /** `GET /secrets/{secret-name}` */
  readonly name: string
  readonly method: string
  /** Matches a path as it was sent; its named groups are the path's parameters, by position: `p0`, `p1`. */
  readonly pattern: RegExp
  readonly parameters: readonly Parameter[]
  /** Null when the operation takes no body. */
  readonly requestBody: Content | null
  /** By status or `default`; null where no body is described. */
  readonly responses: ReadonlyMap<string, Content | null>
}

const METHODS = ['get', 'put', 'post', 'patch', 'delete']

/** Lists what a Swagger 2 or OpenAPI 3 file describes, the most literal paths first. */
export function listOperations(documents: Documents, file: string): readonly Operation[] {
  const root: Place = { file, keys: [] }
  const { value: paths } = documents.look(child(root, 'paths'))
  if (!isObject(paths)) throw new Error(`${file} describes no paths`)
  const prefix = findPrefix(documents, root)
  return Object.entries(paths)
    .toSorted(([a], [b]) => countParameters(a) - countParameters(b))
    .flatMap(([template, item]) =>
      METHODS.filter((method) => isObject(item) && method in item).map((method) =>
        readOperation(documents, child(root, 'paths', template), method, prefix + template),
      ),
    )
}

function findPrefix(documents: Documents, root: Place): string {
  const { value: basePath } = documents.look(child(root, 'basePath'))
  const { value: server } = documents.look(child(root, 'servers', '0', 'url'))
  const prefix = typeof basePath === 'string' ? basePath : typeof server === 'string' ? server : ''
  return prefix.replace(/\/$/, '')
}

function countParameters(template: string): number {
  return template.split('{').length - 1
}

function readOperation(documents: Documents, item: Place, method: string, template: string): Operation {
  const operation = child(item, method)
  const parameters = [
    ...listPlaces(documents, child(item, 'parameters')),
    ...listPlaces(documents, child(operation, 'parameters')),
  ]
  const swaggerBody = parameters.find((place) => readText(documents, child(place, 'in')) === 'body')
  const { value: responses } = documents.look(child(operation, 'responses'))
  return {
    name: `${method.toUpperCase()} ${template}`,
    method: method.toUpperCase(),
    pattern: toPattern(template),
    parameters: parameters.flatMap((place) => readParameter(documents, place)),
    requestBody: readContent(documents, swaggerBody ?? documents.look(child(operation, 'requestBody')).place),
    responses: new Map(
      Object.keys(isObject(responses) ? responses : {}).map((status) => [
        status,
        readContent(documents, documents.look(child(operation, 'responses', status)).place),
      ]),
    ),
  }
}

/** A parameter may be empty: the latest version of a secret has an empty name. */
function toPattern(template: string): RegExp {
  let count = 0
  const literal = template.replaceAll(/[.*+?^$()|[\]\\]/g, String.raw`\$&`)
  return new RegExp(`^${literal.replaceAll(/\{[^}]*\}/g, () => `(?<p${count++}>[^/]*?)`)}$`)
}

function listPlaces(documents: Documents, list: Place): readonly Place[] {
  const { value } = documents.look(list)
  return Array.isArray(value) ? value.map((_, index) => documents.look(child(list, String(index))).place) : []
}

function readText(documents: Documents, place: Place): string {
  const { value } = documents.look(place)
  return typeof value === 'string' ? value : ''
}

/** Swagger 2 writes a parameter's schema into the parameter itself. */
function readParameter(documents: Documents, place: Place): readonly Parameter[] {
  const kind = readText(documents, child(place, 'in'))
  if (kind !== 'path' && kind !== 'query' && kind !== 'header') return []
  const nested = child(place, 'schema')
  const schema = documents.look(nested).value === undefined ? place : nested
  return [
    {
      name: readText(documents, child(place, 'name')),
      in: kind,
      isRequired: documents.look(child(place, 'required')).value === true,
      type: readText(documents, child(documents.look(schema).place, 'type')),
      validate: documents.validator(schema),
    },
  ]
}

/** Of a Swagger 2 body parameter or response, or of an OpenAPI 3 body; null when it says that there is none. */
function readContent(documents: Documents, place: Place): Content | null {
  const isRequired = documents.look(child(place, 'required')).value === true
  const candidates = [child(place, 'schema'), child(place, 'content', 'application/json', 'schema')]
  const schema = candidates.find((candidate) => documents.look(candidate).value !== undefined)
  return schema === undefined ? null : { isRequired, validate: documents.validator(schema) }
}
