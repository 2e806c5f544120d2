// What every side of the benchmark `start` runs in: a bare process that loads one entry as the Functions worker does
// and says how long that took since the process began. It is built into CommonJS first, because to strip types, or to
// start Node's module loader for ES modules where the entry needs none, takes time too.

import { createRequire, registerHooks } from 'node:module'
import { pathToFileURL } from 'node:url'

async function loadEntry(corePath: string, entryPath: string): Promise<void> {
  const require = createRequire(entryPath)
  const core = { url: pathToFileURL(corePath).href, shortCircuit: true }
  registerHooks({
    resolve: (specifier, context, next) => (specifier === '@azure/functions-core' ? core : next(specifier, context)),
  })
  const { registry } = require(corePath)

  const beforeMs = performance.now()
  if (entryPath.endsWith('.mjs')) await import(pathToFileURL(entryPath).href)
  else require(entryPath)
  const readyMs = performance.now()
  const { user, system } = process.cpuUsage()
  const cpuMs = (user + system) / 1000
  process.stdout.write(JSON.stringify({ beforeMs, readyMs, cpuMs, functions: [...registry.functions.keys()] }))
  process.exit(0)
}

const [corePath = '', entryPath = ''] = process.argv.slice(2)
void loadEntry(corePath, entryPath)
