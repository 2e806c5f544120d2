import type { CloudRequest, CloudResponse } from '../service.ts'
import { badRequest, notBuilt } from './errors.ts'

const PAGE_SIZE = 100
const LARGEST_PAGE = 999

/** Query options that change nothing a client of this fake could miss. */
const knownOptions = ['$filter', '$select', '$top', '$skiptoken', '$count']

type Resource = Record<string, unknown>

/** How a collection appears in `@odata.context` and in messages. */
export interface Collection {
  /** E.g. `applications`. */
  readonly name: string
  /** E.g. `Application`. */
  readonly type: string
}

function checkOptions({ url }: CloudRequest): void {
  const unknown = [...url.searchParams.keys()].find((name) => name.startsWith('$') && !knownOptions.includes(name))
  if (unknown !== undefined) throw notBuilt(`the query option ${unknown}`)
}

function selectProperties(request: CloudRequest, { type }: Collection, resource: Resource): Resource {
  const select = request.url.searchParams.get('$select')
  if (select === null) return resource
  const names = select.split(',').map((name) => name.trim())
  const unknown = names.find((name) => !(name in resource))
  if (unknown !== undefined) {
    throw badRequest(
      `Parsing OData Select and Expand failed: Could not find a property named '${unknown}' on type 'microsoft.graph.${type[0]?.toLowerCase()}${type.slice(1)}'.`,
      'BadRequest',
    )
  }
  return Object.fromEntries(names.map((name) => [name, resource[name]]))
}

function renderContext(request: CloudRequest, { name }: Collection, suffix: string): string {
  const select = request.url.searchParams.get('$select')
  return `https://${request.url.host}/v1.0/$metadata#${name}${select === null ? '' : `(${select})`}${suffix}`
}

export function renderEntity(
  request: CloudRequest,
  collection: Collection,
  resource: Resource,
  status: 200 | 201 = 200,
): CloudResponse {
  checkOptions(request)
  return {
    status,
    body: {
      '@odata.context': renderContext(request, collection, '/$entity'),
      ...selectProperties(request, collection, resource),
    },
  }
}

/** Compiles the clauses that directory collections are asked with here: equality, prefix, and their conjunction. */
function compileFilter(
  filter: string,
  filterable: readonly string[],
  { type }: Collection,
): (resource: Resource) => boolean {
  const tests = filter.split(/ and (?=(?:[^']*'[^']*')*[^']*$)/).map((clause) => {
    const match =
      /^\s*(?<property>\w+) eq '(?<equal>(?:[^']|'')*)'\s*$/.exec(clause) ??
      /^\s*startswith\((?<property>\w+),\s*'(?<prefix>(?:[^']|'')*)'\)\s*$/i.exec(clause)
    const { property, equal, prefix } = match?.groups ?? {}
    if (property === undefined) throw notBuilt(`the filter ${filter}`)
    if (!filterable.includes(property)) {
      throw badRequest(
        `Unsupported or invalid query filter clause specified for property '${property}' of resource '${type}'.`,
        'Request_UnsupportedQuery',
      )
    }
    const wanted = (equal ?? prefix ?? '').replaceAll("''", "'").toLowerCase()
    return (resource: Resource): boolean => {
      const value = String(resource[property] ?? '').toLowerCase()
      return equal === undefined ? value.startsWith(wanted) : value === wanted
    }
  })
  return (resource) => tests.every((test) => test(resource))
}

/** Filters, pages and projects; `filterable` is empty for collections that take no filter. */
export function renderCollection(
  request: CloudRequest,
  collection: Collection,
  resources: readonly Resource[],
  filterable: readonly string[] = [],
): CloudResponse {
  checkOptions(request)
  const { searchParams } = request.url
  const filter = searchParams.get('$filter')
  const matching = filter === null ? resources : resources.filter(compileFilter(filter, filterable, collection))
  const size = Number(searchParams.get('$top') ?? PAGE_SIZE)
  if (!Number.isInteger(size) || size < 1 || size > LARGEST_PAGE) {
    throw badRequest(
      `Invalid page size specified: '${searchParams.get('$top')}'. Must be between 1 and 999 inclusive.`,
      'Request_UnsupportedQuery',
    )
  }
  const start = Number(searchParams.get('$skiptoken') ?? 0)
  const end = start + size
  const next = new URL(request.url)
  next.searchParams.set('$skiptoken', String(end))
  return {
    status: 200,
    body: {
      '@odata.context': renderContext(request, collection, ''),
      ...(searchParams.get('$count') === 'true' && { '@odata.count': matching.length }),
      ...(end < matching.length && { '@odata.nextLink': next.href }),
      value: matching.slice(start, end).map((resource) => selectProperties(request, collection, resource)),
    },
  }
}
