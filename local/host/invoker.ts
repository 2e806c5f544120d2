import { randomBytes, randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { AppFunction } from './functions.ts'
import type { Log } from './log.ts'
import type { Invocation, InvocationOutcome, NamedData, RetryContext, TypedData } from './protocol.ts'
import { planRetryDelayMs } from './retry.ts'
import type { AppWorker, WorkerPool } from './worker-pool.ts'

export interface InvocationInput {
  /** The value of the function's trigger binding. */
  readonly trigger: TypedData
  readonly metadata?: Readonly<Record<string, TypedData>>
  /** Why the function runs, for the log. */
  readonly reason: string
  /** Called once it is known which worker will run the invocation, and under which id. */
  readonly onAssigned?: (worker: AppWorker, invocationId: string) => void
}

/** Sends what the function put into its output bindings. */
export type SendOutputs = (
  fn: AppFunction,
  outputData: readonly NamedData[],
  returnValue: TypedData | undefined,
) => Promise<void>

export interface Invoker {
  invoke(fn: AppFunction, input: InvocationInput): Promise<InvocationOutcome>
  /** The function that an invocation belongs to while it runs. */
  findRunning(invocationId: string): AppFunction | undefined
  countRunning(): number
}

/** Runs functions: retries, the host's own log lines, and the output bindings after success. */
export function createInvoker(pool: WorkerPool, log: Log, sendOutputs: SendOutputs): Invoker {
  const running = new Map<string, AppFunction>()

  async function invokeOnce(
    fn: AppFunction,
    invocation: Invocation,
    input: InvocationInput,
  ): Promise<InvocationOutcome> {
    const worker = await pool.acquire()
    input.onAssigned?.(worker, invocation.invocationId)
    const outcome = await worker.invoke(invocation)
    if (!outcome.ok) return outcome
    try {
      await sendOutputs(fn, outcome.outputData, outcome.returnValue)
      return outcome
    } catch (error) {
      const message = `an output binding failed: ${error instanceof Error ? error.message : error}`
      return { ok: false, message, stack: message }
    }
  }

  async function invokeWithRetries(
    fn: AppFunction,
    invocation: Invocation,
    input: InvocationInput,
  ): Promise<InvocationOutcome> {
    const { retryOptions } = fn
    const maxRetryCount = retryOptions?.maxRetryCount
    if (!retryOptions || maxRetryCount === undefined) return invokeOnce(fn, invocation, input)
    let retryContext: RetryContext = { retryCount: 0, maxRetryCount }
    for (;;) {
      const outcome = await invokeOnce(fn, { ...invocation, retryContext }, input)
      const { retryCount } = retryContext
      if (outcome.ok || (maxRetryCount >= 0 && retryCount >= maxRetryCount)) return outcome
      await sleep(planRetryDelayMs(retryOptions, retryCount))
      const exception = { message: outcome.message, source: '', stackTrace: outcome.stack }
      retryContext = { retryCount: retryCount + 1, maxRetryCount, exception }
    }
  }

  return {
    async invoke(fn, input) {
      const invocation = createInvocation(fn, input)
      const id = invocation.invocationId
      const category = `Function.${fn.name}`
      const startedAt = performance.now()
      running.set(id, fn)
      log.write(category, 'information', `Executing 'Functions.${fn.name}' (Reason='${input.reason}', Id=${id})`)
      try {
        const outcome = await invokeWithRetries(fn, invocation, input)
        const durationMs = Math.round(performance.now() - startedAt)
        const end = `Executed 'Functions.${fn.name}' (${outcome.ok ? 'Succeeded' : 'Failed'}, Id=${id}, Duration=${durationMs}ms)`
        if (outcome.ok) log.write(category, 'information', end)
        else log.write(category, 'error', `${end}\n${outcome.stack}`)
        return outcome
      } finally {
        running.delete(id)
      }
    },
    findRunning: (invocationId) => running.get(invocationId),
    countRunning: () => running.size,
  }
}

function createInvocation(fn: AppFunction, { trigger, metadata = {} }: InvocationInput): Invocation {
  return {
    invocationId: randomUUID(),
    functionName: fn.name,
    inputData: [{ name: fn.trigger.name, data: trigger }],
    triggerMetadata: metadata,
    traceContext: {
      traceParent: `00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-00`,
      traceState: '',
      attributes: {},
    },
  }
}
