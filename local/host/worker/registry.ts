import type { FromWorker, RegisteredFunction, TypedData } from '../protocol.ts'

export type Handler = (...args: unknown[]) => unknown
export type HookCallback = (context: Record<string, unknown>) => unknown

/** What the library gives for one invocation; it lives in @azure/functions. */
interface InvocationModel {
  getArguments(): Promise<{ context: object; inputs: unknown[] }>
  invokeFunction(context: object, inputs: unknown[], handler: Handler): Promise<unknown>
  getResponse(
    context: object,
    result: unknown,
  ): Promise<{ returnValue?: TypedData | null; outputData?: { name: string; data: TypedData }[] }>
}

export interface ProgrammingModel {
  getInvocationModel(coreContext: object): InvocationModel
  getCapabilities?(capabilities: Record<string, string>): Promise<Record<string, string>>
}

export interface RegisteredHandler {
  readonly metadata: { readonly name: string; readonly bindings: Readonly<Record<string, unknown>> }
  readonly registered: RegisteredFunction
  readonly handler: Handler
}

/**
 * All that the app told its worker. There is one per process: the app reaches it through the built-in
 * module `@azure/functions-core`, which has no other way to know for whom it speaks.
 */
export const registry = {
  functions: new Map<string, RegisteredHandler>(),
  hooks: new Map<string, HookCallback[]>(),
  programmingModel: undefined as ProgrammingModel | undefined,
  /** The entry point being loaded, reported as the function's script file. */
  scriptFile: '',
  isLocked: false,
  appHookData: {} as Record<string, unknown>,
}

export async function runHooks(name: string, context: Record<string, unknown>): Promise<void> {
  for (const callback of registry.hooks.get(name) ?? []) await callback(context)
}

export function sendToHost(message: FromWorker): void {
  if (process.connected) process.send?.(message)
}
