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
  // Its CommonJS build brings everything that it uses once more.
  alias: { '@azure/arm-authorization': '@azure/arm-authorization/dist-esm/src/index.js' },
  // The Functions worker offers this one itself.
  external: ['@azure/functions-core'],
  logLevel: 'warning',
} as const satisfies BuildOptions
