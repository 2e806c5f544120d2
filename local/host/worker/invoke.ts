import { format } from 'node:util'
import type { Invocation, InvocationOutcome, LogLevel, NamedData } from '../protocol.ts'
import { registry, runHooks, sendToHost } from './registry.ts'

type State = 'preInvocationHooks' | 'invocation' | 'postInvocationHooks' | undefined

/** Runs one invocation through the library's model, hooks around it, and tells how it ended. */
export async function runInvocation(invocation: Invocation): Promise<InvocationOutcome> {
  try {
    return await callFunction(invocation)
  } catch (thrown) {
    const error = thrown instanceof Error ? thrown : new Error(format(thrown))
    return { ok: false, message: error.message, stack: error.stack ?? error.message }
  }
}

async function callFunction(invocation: Invocation): Promise<InvocationOutcome> {
  const { invocationId, functionName } = invocation
  const found = registry.functions.get(functionName)
  if (!found || !registry.programmingModel) throw new Error(`unknown function "${functionName}"`)

  const core = {
    invocationId,
    metadata: found.metadata,
    request: invocation,
    state: undefined as State,
    log: (level: LogLevel, _category: string, ...args: unknown[]) =>
      sendToHost({ kind: 'log', level, invocationId, text: format(...args) }),
  }
  const model = registry.programmingModel.getInvocationModel(core)
  const { context, inputs } = await model.getArguments()
  const shared = { hookData: {}, appHookData: registry.appHookData, invocationContext: context }

  // A pre-invocation hook may replace the inputs and the handler by assigning to these two fields.
  const before = { ...shared, inputs, functionCallback: found.handler }
  core.state = 'preInvocationHooks'
  await runHooks('preInvocation', before)

  const after = { ...shared, inputs: before.inputs, result: undefined as unknown, error: undefined as unknown }
  core.state = 'invocation'
  try {
    after.result = await model.invokeFunction(context, before.inputs, before.functionCallback)
  } catch (error) {
    after.error = error
  }
  core.state = 'postInvocationHooks'
  await runHooks('postInvocation', after)
  core.state = undefined

  // The real worker tests for a truthy error too: a rejection with `undefined` counts as success.
  if (after.error) throw after.error
  const { returnValue, outputData = [] } = await model.getResponse(context, after.result)
  const outputs: NamedData[] = outputData
  return returnValue ? { ok: true, returnValue, outputData: outputs } : { ok: true, outputData: outputs }
}
