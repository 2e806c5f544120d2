// The words that the host and its worker processes say to each other over the IPC channel.
// The shapes of TypedData, RpcHttp and the bindings are those which the library @azure/functions
// reads and writes when it runs in a real worker.

export type LogLevel = 'trace' | 'debug' | 'information' | 'warning' | 'error' | 'critical'

export interface Binding {
  readonly name: string
  readonly type: string
  readonly direction: 'in' | 'out'
  readonly [property: string]: unknown
}

export interface RetryOptions {
  readonly retryStrategy?: string
  readonly maxRetryCount?: number
  readonly delayInterval?: { readonly seconds: number }
  readonly minimumInterval?: { readonly seconds: number }
  readonly maximumInterval?: { readonly seconds: number }
}

export interface RegisteredFunction {
  readonly name: string
  readonly scriptFile: string
  readonly bindings: readonly Binding[]
  readonly retryOptions?: RetryOptions
}

export interface RpcCookie {
  readonly name: string
  readonly value: string
  readonly domain?: { readonly value: string }
  readonly path?: { readonly value: string }
  readonly expires?: { readonly value: { readonly seconds: number } }
  readonly secure?: { readonly value: boolean }
  readonly httpOnly?: { readonly value: boolean }
  readonly sameSite?: 'none' | 'lax' | 'strict' | 'explicitNone'
  readonly maxAge?: { readonly value: number }
}

export interface RpcHttp {
  readonly method?: string
  readonly url?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly params?: Readonly<Record<string, string>>
  readonly query?: Readonly<Record<string, string>>
  readonly body?: TypedData
  readonly statusCode?: string
  readonly cookies?: readonly RpcCookie[]
}

export interface TypedData {
  readonly string?: string
  readonly json?: string
  readonly bytes?: Uint8Array
  readonly int?: number
  readonly double?: number
  readonly http?: RpcHttp
}

export interface NamedData {
  readonly name: string
  readonly data: TypedData
}

export interface RetryContext {
  readonly retryCount: number
  readonly maxRetryCount: number
  readonly exception?: { readonly message: string; readonly source: string; readonly stackTrace: string }
}

export interface Invocation {
  readonly invocationId: string
  readonly functionName: string
  readonly inputData: readonly NamedData[]
  readonly triggerMetadata: Readonly<Record<string, TypedData>>
  readonly traceContext: {
    readonly traceParent: string
    readonly traceState: string
    readonly attributes: Readonly<Record<string, string>>
  }
  readonly retryContext?: RetryContext
}

interface InvocationFailure {
  readonly ok: false
  readonly message: string
  readonly stack: string
}

interface InvocationSuccess {
  readonly ok: true
  readonly returnValue?: TypedData
  readonly outputData: readonly NamedData[]
}

export type InvocationOutcome = InvocationSuccess | InvocationFailure

export interface LoadedApp {
  readonly pid: number
  readonly functions: readonly RegisteredFunction[]
  /** Time from before the first entry point was loaded until the last appStart hook was over. */
  readonly loadMs: number
  /** Where the library takes HTTP requests itself: set when the app called `enableHttpStream`. */
  readonly httpUri?: string
  /** Why the entry points could not be loaded; there are no functions then. */
  readonly failure?: string
}

export type ToWorker = { readonly kind: 'invoke'; readonly invocation: Invocation } | { readonly kind: 'terminate' }

export type FromWorker =
  | { readonly kind: 'loaded'; readonly app: LoadedApp }
  | { readonly kind: 'log'; readonly level: LogLevel; readonly text: string; readonly invocationId?: string }
  | { readonly kind: 'result'; readonly invocationId: string; readonly outcome: InvocationOutcome }
  | { readonly kind: 'crashed'; readonly text: string }
