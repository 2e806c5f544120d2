// A process of its own, so that loading is seen from the start: loads the bundle that the first argument names as the
// worker would, with the local host's stand-in for `@azure/functions-core`, and prints what came of it.

import { writeSync } from 'node:fs'
import { Session } from 'node:inspector/promises'
import { createRequire, registerHooks } from 'node:module'
import { dirname } from 'node:path'
import { pathToFileURL } from 'node:url'
import { registry } from '../../local/host/worker/registry.ts'

/** What a load of the bundle did. */
export interface Load {
  readonly functions: readonly {
    readonly name: string
    readonly bindings: readonly Readonly<Record<string, unknown>>[]
  }[]
  /** The files of the package that were evaluated. */
  readonly evaluated: readonly string[]
  /** What was begun and is still under way: sockets, timers, file requests. */
  readonly underWay: readonly string[]
  /** Built-in modules that the load brought in. */
  readonly builtIns: readonly string[]
  readonly failure: string | null
}

function listBuiltIns(): string[] {
  const { moduleLoadList } = process as unknown as { moduleLoadList: string[] }
  return moduleLoadList.filter((entry) => entry.startsWith('NativeModule ') && !entry.includes('internal/'))
}

async function loadBundle(file: string): Promise<Load> {
  const core = { url: new URL('../../local/host/worker/functions-core.ts', import.meta.url).href, shortCircuit: true }
  registerHooks({
    resolve: (specifier, context, next) => (specifier === '@azure/functions-core' ? core : next(specifier, context)),
  })
  const session = new Session()
  session.connect()
  await session.post('Profiler.enable')
  await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false })
  const builtInsBefore = new Set(listBuiltIns())
  let failure: string | null = null
  try {
    createRequire(import.meta.url)(file)
  } catch (error) {
    failure = String(error)
  }
  // Pipes are this process's own output.
  const underWay = process.getActiveResourcesInfo().filter((kind) => kind !== 'PipeWrap')
  const builtIns = listBuiltIns().filter((entry) => !builtInsBefore.has(entry))
  const { result } = await session.post('Profiler.takePreciseCoverage')
  const folder = `${pathToFileURL(dirname(file)).href}/`
  return {
    functions: [...registry.functions.values()].map(({ registered: { name, bindings } }) => ({ name, bindings })),
    evaluated: result.filter(({ url }) => url.startsWith(folder)).map(({ url }) => url.slice(folder.length)),
    underWay,
    builtIns,
    failure,
  }
}

// Written and ended at once: what the load left under way must not keep this process.
writeSync(1, JSON.stringify(await loadBundle(process.argv[2] ?? '')))
process.exit()
