// The worker process: loads the function app that lies in its working directory, with a stand-in for the
// built-in module `@azure/functions-core`, and runs the invocations that the host sends.

import { registerHooks } from 'node:module'
import { format } from 'node:util'
import type { LoadedApp, ToWorker } from '../protocol.ts'
import { loadEntryPoints } from './entry-points.ts'
import { runInvocation } from './invoke.ts'
import { registry, runHooks, sendToHost } from './registry.ts'

const coreModule = { url: new URL('./functions-core.ts', import.meta.url).href, shortCircuit: true }
registerHooks({
  resolve: (specifier, context, next) =>
    specifier === '@azure/functions-core' ? coreModule : next(specifier, context),
})

async function loadApp(): Promise<LoadedApp> {
  const startedAt = performance.now()
  let failure: string | undefined
  let httpUri: string | undefined
  try {
    await loadEntryPoints(process.cwd())
    httpUri = (await registry.programmingModel?.getCapabilities?.({}))?.['HttpUri']
    registry.isLocked = true
    await runHooks('appStart', { hookData: {}, appHookData: registry.appHookData })
  } catch (error) {
    failure = format(error)
    registry.isLocked = true
    registry.functions.clear()
  }
  return {
    pid: process.pid,
    functions: [...registry.functions.values()].map(({ registered }) => registered),
    loadMs: performance.now() - startedAt,
    ...(httpUri && { httpUri }),
    ...(failure && { failure }),
  }
}

async function terminate(): Promise<never> {
  try {
    await runHooks('appTerminate', { hookData: {}, appHookData: registry.appHookData })
  } finally {
    process.exit(0)
  }
}

process.on('message', async (message: ToWorker) => {
  if (message.kind === 'terminate') return terminate()
  const { invocationId } = message.invocation
  sendToHost({ kind: 'result', invocationId, outcome: await runInvocation(message.invocation) })
})
// The channel closes when the host dies, however it dies: a worker never outlives its host.
process.on('disconnect', () => process.exit(1))
process.on('uncaughtException', (error) => {
  sendToHost({ kind: 'crashed', text: format(error) })
  process.exit(1)
})

sendToHost({ kind: 'loaded', app: await loadApp() })
