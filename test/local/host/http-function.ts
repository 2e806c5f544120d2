import type { AppFunction } from '../../../local/host/functions.ts'

export function createHttpFunction(name: string, options: Record<string, unknown>): AppFunction {
  const trigger = { ...options, name: 'request', type: 'httpTrigger', direction: 'in' } as const
  return { name, scriptFile: 'app.cjs', bindings: [trigger], trigger, outputs: [], isDisabled: false }
}
