import type { BuildOptions } from 'esbuild'

/** How whatever is deployed is bundled, and what it is compared with in benchmarks. */
export const BUNDLE_OPTIONS = {
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
} as const satisfies BuildOptions
