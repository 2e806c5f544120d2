import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, type Plugin } from 'esbuild'
import { BUNDLE_OPTIONS } from '../scripts/bundle-options.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))

const HELLO = `
import { app } from '@azure/functions'
app.http('hello', { methods: ['GET'], authLevel: 'anonymous', handler: async () => ({ body: 'hello' }) })
`

/** What the sides of the benchmark load, in a folder of their own. */
export interface StartApps {
  readonly starter: string
  /** Stand-in for the module that the Functions worker offers. */
  readonly core: string
  readonly steward: string
  readonly hello: string
  readonly unbundled: string
  remove(): Promise<void>
}

export async function prepareStartApps(): Promise<StartApps> {
  const main = await readMain()
  const folder = await mkdtemp(join(tmpdir(), 'steward-bench-'))
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true })
  const apps = {
    starter: join(folder, 'start-process.cjs'),
    core: join(folder, 'functions-core.cjs'),
    steward: join(folder, 'dist', main),
    hello: join(folder, 'hello.cjs'),
    unbundled: join(folder, 'unbundled.mjs'),
    remove,
  }
  try {
    await Promise.all([
      cp(join(ROOT, 'dist'), join(folder, 'dist'), { recursive: true }),
      symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules')),
      build({ ...BUNDLE_OPTIONS, stdin: { contents: HELLO, resolveDir: ROOT }, outfile: apps.hello }),
      build({
        ...BUNDLE_OPTIONS,
        entryPoints: [fileURLToPath(import.meta.resolve('./start-process.ts'))],
        outfile: apps.starter,
      }),
      buildCore(apps.core),
      buildUnbundled(folder, apps.unbundled),
    ])
    return apps
  } catch (error) {
    await remove()
    throw error
  }
}

/** The one file that the deployed package.json names. */
async function readMain(): Promise<string> {
  const { main } = JSON.parse(await readFile(join(ROOT, 'dist/package.json'), 'utf8'))
  return main
}

async function buildCore(outfile: string): Promise<void> {
  await build({
    ...BUNDLE_OPTIONS,
    stdin: {
      contents: `export * from './functions-core.ts'\nexport { registry } from './registry.ts'`,
      resolveDir: join(ROOT, 'local/host/worker'),
      loader: 'ts',
    },
    outfile,
  })
}

/** The app file by file, as a compiler without a bundler leaves it, and everything it can use loaded at once. */
async function buildUnbundled(folder: string, entry: string): Promise<void> {
  const { metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: ['src/**/*.ts'],
    outdir: join(folder, 'src'),
    outExtension: { '.js': '.mjs' },
    bundle: true,
    plugins: [keepImports],
    format: 'esm',
    platform: 'node',
    target: 'node22',
    logLevel: 'warning',
    metafile: true,
  })
  const { dependencies } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'))
  const modules = Object.values(metafile.outputs).map(({ entryPoint = '' }) => `./${toModule(entryPoint)}`)
  const imports = [...Object.keys(dependencies), ...modules].map((name) => `import ${JSON.stringify(name)}\n`)
  await writeFile(entry, imports.join(''))
}

/** Compiles each file by itself: every import stays one, and leads to the compiled file. */
const keepImports: Plugin = {
  name: 'keep-imports',
  setup: ({ onResolve }) =>
    onResolve({ filter: /.*/ }, ({ path, kind }) =>
      kind === 'entry-point' ? undefined : { path: path.startsWith('.') ? toModule(path) : path, external: true },
    ),
}

function toModule(path: string): string {
  return path.replace(/\.ts$/, '.mjs')
}
