import { z } from 'zod'
import { StewardError } from '../../platform/errors.ts'
import type { JsonApi } from '../json-api.ts'
import type { Right } from '../right.ts'
import { isMissing } from './errors.ts'

/** A service that never ends its list is broken. */
const MAX_PAGES = 100

export interface GraphList<T> {
  readonly path: string
  readonly right: Right
  readonly item: z.ZodType<T>
}

/**
 * Reads a collection page by page (https://learn.microsoft.com/graph/paging). A link to the next page comes from outside
 * and must not lead the token away: `upstream-rejected`. `not-propagated` where a replica does not know the owner of the
 * collection, which was seen before.
 */
export async function* listGraph<T>(graph: JsonApi, { path: first, right, item }: GraphList<T>): AsyncGenerator<T[]> {
  const answer = z.object({ value: z.array(item).max(1000), '@odata.nextLink': z.url().max(8192).optional() })
  let path = first
  for (let pages = 0; pages < MAX_PAGES; pages += 1) {
    const call = { method: 'GET', path, isRepeatable: true, right, answer } as const
    const outcome = await graph.call(call)
    if (outcome.kind === 'refused') {
      if (isMissing(outcome.error)) {
        throw new StewardError(
          'not-propagated',
          `Microsoft Graph does not know ${new URL(graph.origin + path).pathname} yet.`,
        )
      }
      throw graph.explain(call, outcome.error)
    }
    const { value, '@odata.nextLink': link } = outcome.value
    yield value
    if (link === undefined) return
    const next = new URL(link)
    if (next.origin !== graph.origin) {
      throw new StewardError(
        'upstream-rejected',
        `${graph.origin} names a next page on another host: Steward does not go there.`,
      )
    }
    path = next.pathname + next.search
  }
  throw new StewardError('upstream-rejected', `GET ${graph.origin}${first} answers without end.`)
}
