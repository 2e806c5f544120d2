import { randomUUID } from 'node:crypto'
import type { HttpHandler, HttpRequest, InvocationContext } from '@azure/functions'
import { loadApp } from '../../app.ts'
import type { App } from '../../compose.ts'
import { isAuthenticationOn } from '../../platform/access-mode.ts'
import { type StewardError, toStewardError } from '../../platform/errors.ts'
import { ACCESS, type Caller, type HttpFunctionName, identifyCaller, requireRole } from '../../trust/access.ts'
import { withInvocation } from '../invocation.ts'
import { type Answer, shapeAnswer, shapeProblem } from './answer.ts'
import { type Query, readQuery } from './query.ts'

/** Every HTTP function that asks who calls. */
type GuardedFunctionName = Exclude<HttpFunctionName, 'health'>

/** What an endpoint works with. */
export interface Call<N extends string = string> {
  readonly request: HttpRequest
  readonly app: App
  readonly caller: Caller
  readonly correlationId: string
  readonly query: Query<N>
}

/** Carries members that a problem shows beside the standard ones. */
export class ProblemWithExtension extends Error {
  readonly problem: StewardError
  readonly extension: object

  constructor(problem: StewardError, extension: object) {
    super(problem.message, { cause: problem })
    this.problem = problem
    this.extension = extension
  }
}

/**
 * Makes an endpoint of a function: correlation, configuration, who calls, the parameters it knows, and one way out for
 * errors. The host turns a throw into an empty 500, so nothing is thrown past this.
 */
export function endpoint<N extends string>(
  name: GuardedFunctionName,
  parameters: readonly N[],
  handle: (call: Call<N>) => Promise<Answer>,
): HttpHandler {
  return async (request: HttpRequest, invocation: InvocationContext) => {
    const correlationId = readCorrelationId(request) ?? randomUUID()
    return withInvocation(invocation, correlationId, async () => {
      try {
        const app = await loadApp()
        const caller = authorize(name, request, app)
        const query = readQuery(request, parameters)
        return shapeAnswer(await handle({ request, app, caller, correlationId, query }), correlationId)
      } catch (thrown) {
        const { problem, extension } =
          thrown instanceof ProblemWithExtension ? thrown : { problem: thrown, extension: {} }
        const error = toStewardError(problem)
        const level = error.status >= 500 ? 'error' : 'info'
        const app = await loadApp().catch(() => undefined)
        app?.log[level]('http-call-failed', {
          function: name,
          code: error.code,
          error: level === 'error' ? problem : error.message,
        })
        return shapeProblem(error, correlationId, extension)
      }
    })
  }
}

function authorize(name: GuardedFunctionName, request: HttpRequest, { settings }: App): Caller {
  const needed = ACCESS[name]
  const caller = identifyCaller(
    settings.access,
    isAuthenticationOn(process.env),
    request.headers.get('x-ms-client-principal'),
  )
  requireRole(caller, needed, 'This call')
  return caller
}

/** A caller's own id goes through everything that the call sets off, if it is safe to write down. */
function readCorrelationId(request: HttpRequest): string | undefined {
  const id = request.headers.get('x-correlation-id')
  return id && /^[\w.-]{8,64}$/.test(id) ? id : undefined
}
