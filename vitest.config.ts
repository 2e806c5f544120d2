import { defineConfig } from 'vitest/config'

const isFaults = process.env['STEWARD_TEST_FAULTS'] === '1'

export default defineConfig({
  test: {
    include: isFaults ? ['test/faults/**/*.test.ts'] : ['test/**/*.test.ts'],
    exclude: isFaults ? [] : ['test/faults/**'],
    pool: 'forks',
    testTimeout: isFaults ? 300_000 : 60_000,
    hookTimeout: 60_000,
    // What takes time is waiting, above all in the fault matrix: its cases run side by side, and two files at once.
    maxConcurrency: 8,
    maxWorkers: 2,
    reporters: ['default', './test/summary-reporter.ts'],
  },
})
