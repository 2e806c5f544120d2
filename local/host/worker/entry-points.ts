import { existsSync, globSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { registry } from './registry.ts'

interface AppPackage {
  readonly main?: string
  readonly type?: string
}

function readAppPackage(appFolder: string): AppPackage {
  const file = join(appFolder, 'package.json')
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {}
}

function listEntryPoints(appFolder: string, main: string | undefined): string[] {
  if (!main) throw new Error(`no "main" in ${join(appFolder, 'package.json')}: it must name the app's entry points`)
  const files = existsSync(join(appFolder, main)) ? [main] : globSync(main, { cwd: appFolder }).sort()
  if (files.length === 0) throw new Error(`"main" in package.json matches no file: ${main}`)
  return files
}

/** Loads the files that `main` of the app's package.json names, one after another; throws what they throw. */
export async function loadEntryPoints(appFolder: string): Promise<void> {
  const { main, type } = readAppPackage(appFolder)
  const require = createRequire(join(appFolder, 'package.json'))
  for (const entry of listEntryPoints(appFolder, main)) {
    const file = join(appFolder, entry)
    registry.scriptFile = basename(entry)
    const isModule = entry.endsWith('.mjs') || (entry.endsWith('.js') && type === 'module')
    if (isModule) await import(pathToFileURL(file).href)
    else require(file)
  }
}
