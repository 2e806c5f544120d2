/** Imports go one way: functions -> onboarding -> trust -> clients -> platform; src knows nothing of what surrounds it. */
const layers = ['functions', 'onboarding', 'trust', 'clients', 'platform']

const upward = layers.flatMap((layer, index) =>
  layers.slice(0, index).map((higher) => ({
    name: `${layer}-must-not-import-${higher}`,
    severity: 'error',
    from: { path: `^src/${layer}/` },
    to: { path: `^src/${higher}/` },
  })),
)

module.exports = {
  forbidden: [
    ...upward,
    {
      name: 'only-the-doors-know-the-host',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/functions/' },
      to: { path: 'node_modules/@azure/functions/' },
    },
    {
      name: 'only-the-doors-and-the-index-use-the-composition',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(functions/|app\\.ts|index\\.ts)' },
      to: { path: '^src/(app|compose|index)\\.ts' },
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
