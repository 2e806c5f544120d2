import type { HostJson } from './host-json.ts'
import type { Binding, RegisteredFunction } from './protocol.ts'
import { isFunctionDisabled, type Settings } from './settings.ts'

export interface AppFunction extends RegisteredFunction {
  readonly trigger: Binding
  readonly outputs: readonly Binding[]
  readonly isDisabled: boolean
  /** Why the function cannot run: it is listed, but has neither route nor listener. */
  readonly problem?: string
}

export interface FunctionIndex {
  readonly functions: readonly AppFunction[]
  /** What keeps the whole host from running, as opposed to a problem of one function. */
  readonly errors: readonly string[]
}

const validName = /^[a-z][a-z0-9_-]{0,127}$/i
/** Binding types that the host knows without an extension bundle. */
const builtInTypes = new Set(['httptrigger', 'http', 'timertrigger'])

export function isOfType(binding: Binding, type: string): boolean {
  return binding.type.toLowerCase() === type.toLowerCase()
}

/** Decides what becomes of the functions that the app registered. */
export function indexFunctions(
  registered: readonly RegisteredFunction[],
  hostJson: HostJson,
  settings: Settings,
): FunctionIndex {
  const functions = registered
    .filter(({ name }) => validName.test(name))
    .flatMap((one) => {
      const trigger = one.bindings.find(({ type }) => /trigger$/i.test(type))
      if (!trigger) return []
      const problem = findProblem(one, hostJson)
      return {
        ...one,
        trigger,
        outputs: one.bindings.filter(({ direction }) => direction === 'out'),
        isDisabled: isFunctionDisabled(one.name, settings),
        ...(problem && { problem }),
      }
    })
  return { functions, errors: listNameClashes(functions) }
}

function findProblem({ bindings }: RegisteredFunction, { extensionBundle }: HostJson): string | undefined {
  const unknown = bindings.find(({ type }) => !extensionBundle && !builtInTypes.has(type.toLowerCase()))
  return unknown && `the binding type "${unknown.type}" needs an "extensionBundle" in host.json`
}

function listNameClashes(functions: readonly AppFunction[]): string[] {
  const seen = new Set<string>()
  return functions.flatMap(({ name }) => {
    const isClash = seen.has(name.toLowerCase())
    seen.add(name.toLowerCase())
    return isClash ? [`two functions are named "${name}" but for letter case`] : []
  })
}
