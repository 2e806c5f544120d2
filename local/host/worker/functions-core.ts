// The stand-in for the built-in module `@azure/functions-core`: what a real worker process offers
// to the library @azure/functions, and nothing that it does not.

import { format } from 'node:util'
import type { Binding, LogLevel, RetryOptions } from '../protocol.ts'
import { type Handler, type HookCallback, type ProgrammingModel, registry, sendToHost } from './registry.ts'

export const version = '3.9.1'
export const hostVersion = '4.1037.0'

const hookNames = new Set(['preInvocation', 'postInvocation', 'appStart', 'appTerminate', 'log'])

export class Disposable {
  readonly #dispose: () => void

  constructor(dispose: () => void) {
    this.#dispose = dispose
  }

  dispose(): void {
    this.#dispose()
  }
}

function createSystemError(message: string, Kind: ErrorConstructor | RangeErrorConstructor = Error): Error {
  return Object.assign(new Kind(message), { isAzureFunctionsSystemError: true })
}

export function setProgrammingModel(model: ProgrammingModel): void {
  if (registry.isLocked) throw createSystemError('The programming model can only be set during app startup.')
  registry.programmingModel = model
}

export function getProgrammingModel(): ProgrammingModel | undefined {
  return registry.programmingModel
}

export function registerFunction(
  metadata: { name: string; bindings: Record<string, Omit<Binding, 'name'>>; retryOptions?: RetryOptions },
  handler: Handler,
): Disposable {
  const { name } = metadata
  if (registry.isLocked) throw createSystemError('A function can only be registered during app startup.')
  if (registry.functions.has(name)) throw createSystemError(`A function named "${name}" is already registered.`)
  const bindings = Object.entries(metadata.bindings).map(([bindingName, binding]) => ({
    ...binding,
    name: bindingName,
  }))
  // Only data can travel to the host: whatever else the app put into its options stays here.
  const registered = JSON.parse(
    JSON.stringify({ name, scriptFile: registry.scriptFile, bindings, retryOptions: metadata.retryOptions }),
  )
  registry.functions.set(name, { metadata, registered, handler })
  return new Disposable(() => {
    if (registry.isLocked) throw createSystemError('A function can only be disposed during app startup.')
    registry.functions.delete(name)
  })
}

export function registerHook(name: string, callback: HookCallback): Disposable {
  if (!hookNames.has(name)) throw createSystemError(`Unrecognized hook "${name}".`, RangeError)
  const callbacks = registry.hooks.get(name) ?? []
  registry.hooks.set(name, callbacks)
  callbacks.push(callback)
  return new Disposable(() => {
    callbacks.splice(callbacks.indexOf(callback), 1)
  })
}

export function log(level: LogLevel, _category: 'user' | 'system', ...args: unknown[]): void {
  sendToHost({ kind: 'log', level, text: format(...args) })
}
