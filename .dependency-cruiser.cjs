/**
 * Imports go one way: functions -> onboarding|rotation -> trust -> clients -> platform, and what stands side by side does
 * not import each other; src knows nothing of what surrounds it.
 */
const layers = [['functions'], ['onboarding', 'rotation'], ['trust'], ['clients'], ['platform']]

const forbiddenImports = layers.flatMap((layer, index) =>
  layer.flatMap((folder) =>
    [...layers.slice(0, index).flat(), ...layer.filter((other) => other !== folder)].map((forbidden) => ({
      name: `${folder}-must-not-import-${forbidden}`,
      severity: 'error',
      from: { path: `^src/${folder}/` },
      to: { path: `^src/${forbidden}/` },
    })),
  ),
)

module.exports = {
  forbidden: [
    ...forbiddenImports,
    {
      name: 'only-the-doors-know-the-host',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/functions/' },
      to: { path: 'node_modules/@azure/functions/' },
    },
    {
      name: 'only-the-doors-and-the-index-use-the-composition',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(functions/|app\\.ts|index\\.ts|compose[a-z-]*\\.ts)' },
      to: { path: '^src/(app|compose[a-z-]*|index)\\.ts' },
    },
    {
      name: 'src-stands-alone',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(local|cli|test|bench|scripts)/' },
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    // The Functions worker offers this one itself.
    exclude: { path: '@azure/functions-core' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
}
