import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { build } from 'esbuild'
import { BUNDLE_OPTIONS } from './bundle-options.ts'

/**
 * Makes `dist/` (or the folder that is named), exactly what is deployed: a bundle that registers the functions, a bundle
 * of what they do, host.json, and a package.json whose `main` is the first. Nothing of this machine's settings goes in,
 * so the same sources make the same bytes.
 */
const [folder = 'dist'] = process.argv.slice(2)
await rm(folder, { recursive: true, force: true })
await mkdir(folder, { recursive: true })
const HANDLERS = 'handlers.cjs'
await Promise.all([
  build({
    ...BUNDLE_OPTIONS,
    entryPoints: ['src/index.ts'],
    outfile: join(folder, 'index.cjs'),
    plugins: [
      {
        name: 'handlers-stay-outside',
        setup: ({ onResolve }) =>
          onResolve({ filter: /\/handlers\.ts$/ }, () => ({ path: `./${HANDLERS}`, external: true })),
      },
    ],
  }),
  build({ ...BUNDLE_OPTIONS, entryPoints: ['src/functions/handlers.ts'], outfile: join(folder, HANDLERS) }),
])
await copyFile('host.json', join(folder, 'host.json'))
await writeFile(
  join(folder, 'package.json'),
  `${JSON.stringify({ name: 'steward', private: true, type: 'commonjs', main: 'index.cjs' }, null, 2)}\n`,
)
