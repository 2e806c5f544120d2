import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises'
import { build } from 'esbuild'

/**
 * Makes `dist/`, exactly what is deployed: one CommonJS bundle, host.json, and a package.json whose `main` is that one
 * file. Nothing of this machine's settings goes in, so the same sources make the same bytes.
 */
await rm('dist', { recursive: true, force: true })
await mkdir('dist', { recursive: true })
await build({
  entryPoints: ['src/index.ts'],
  outfile: 'dist/index.cjs',
  bundle: true,
  format: 'cjs',
  platform: 'node',
  target: 'node22',
  minifySyntax: true,
  minifyWhitespace: true,
  keepNames: true,
  sourcemap: false,
  legalComments: 'none',
  // The Functions worker offers this one itself.
  external: ['@azure/functions-core'],
  logLevel: 'warning',
})
await copyFile('host.json', 'dist/host.json')
await writeFile(
  'dist/package.json',
  `${JSON.stringify({ name: 'steward', private: true, type: 'commonjs', main: 'index.cjs' }, null, 2)}\n`,
)
