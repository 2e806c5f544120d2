import type { CloudRequest, CloudResponse } from '../../service.ts'
import { invalidValue } from '../errors.ts'
import { parseFilter, readText } from './filter.ts'
import { projectResource } from './projection.ts'

type Resource = Readonly<Record<string, unknown>>

const LIST_SCHEMA = 'urn:ietf:params:scim:api:messages:2.0:ListResponse'
const DEFAULT_COUNT = 10_000

function parseCount(text: string | null, fallback: number, name: string): number {
  if (text === null) return fallback
  if (!/^\d+$/.test(text)) throw invalidValue(`${name} must be a number`)
  return Number(text)
}

function sortResources(resources: readonly Resource[], query: URLSearchParams): readonly Resource[] {
  const attribute = query.get('sortBy')
  if (attribute === null) return resources
  const sign = query.get('sortOrder')?.toLowerCase() === 'descending' ? -1 : 1
  return resources.toSorted((a, b) => sign * (readText(a, attribute) ?? '').localeCompare(readText(b, attribute) ?? ''))
}

/** Answers a list: filtered, one page of it, each resource as `show` gives it. `Resources` is absent when there are none. */
export function renderList(
  request: CloudRequest,
  resources: readonly Resource[],
  filterable: readonly string[],
  show: (resource: Resource) => Resource = (resource) => resource,
): CloudResponse {
  const query = request.url.searchParams
  const filter = query.get('filter')
  const matching = filter === null ? resources : resources.filter(parseFilter(filter, filterable))
  // Counted from 1; what lies below counts as 1.
  const startIndex = Math.max(parseCount(query.get('startIndex'), 1, 'startIndex'), 1)
  const count = Math.min(parseCount(query.get('count'), DEFAULT_COUNT, 'count'), DEFAULT_COUNT)
  const page = sortResources(matching, query).slice(startIndex - 1, startIndex - 1 + count)
  const shown = page.map((resource) => projectResource(show(resource), query))
  return {
    status: 200,
    headers: { 'Content-Type': 'application/scim+json' },
    body: {
      schemas: [LIST_SCHEMA],
      totalResults: matching.length,
      startIndex,
      itemsPerPage: page.length,
      ...(page.length === 0 ? {} : { Resources: shown }),
    },
  }
}
