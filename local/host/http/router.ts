import type { AppFunction } from '../functions.ts'
import { parseRouteTemplate, type RouteTemplate } from './route-template.ts'

export interface RouteMatch {
  readonly fn: AppFunction
  readonly params: Readonly<Record<string, string>>
}

export interface Router {
  match(method: string, path: string): RouteMatch | undefined
}

interface Route {
  readonly fn: AppFunction
  readonly methods: ReadonlySet<string>
  readonly template: RouteTemplate
}

/** The path that a function answers on, prefix included, without a leading slash. */
export function getRoutePath(fn: AppFunction, prefix: string): string {
  const route = (fn.trigger['route'] as string | undefined) ?? fn.name
  return prefix ? `${prefix}/${route}` : route.replace(/^\//, '')
}

/** Builds the routes of all HTTP functions given; throws when a template does not parse. */
export function createRouter(functions: readonly AppFunction[], prefix: string): Router {
  const routes: Route[] = functions
    .map((fn) => ({ fn, methods: listMethods(fn), template: parseRouteTemplate(getRoutePath(fn, prefix)) }))
    // Array sorting is stable: of two equal routes the first registered answers.
    .sort((a, b) => a.template.precedence.localeCompare(b.template.precedence))
  return {
    match(method, path) {
      for (const { fn, methods, template } of routes) {
        const params = methods.has(method) ? template.match(path) : undefined
        if (params) return { fn, params }
      }
      return undefined
    },
  }
}

/** Percent-decodes a path once, but for `%2F`, which stays as it is. */
export function decodePath(path: string): string {
  try {
    return decodeURIComponent(path.replace(/%(?=2f)/gi, '%25'))
  } catch {
    return path
  }
}

function listMethods({ trigger }: AppFunction): Set<string> {
  const methods = (trigger['methods'] as readonly string[] | undefined) ?? []
  return new Set((methods.length > 0 ? methods : ['GET', 'POST']).map((method) => method.toUpperCase()))
}
