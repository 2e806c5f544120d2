import { defineConfig } from 'vitest/config'

const isFaults = process.env['STEWARD_TEST_FAULTS'] === '1'

export default defineConfig({
  test: {
    include: isFaults ? ['test/faults/**/*.test.ts'] : ['test/**/*.test.ts'],
    exclude: isFaults ? [] : ['test/faults/**'],
    pool: 'forks',
    testTimeout: isFaults ? 300_000 : 60_000,
    hookTimeout: 60_000,
    // What takes time in the fault matrix is waiting: its cases run side by side, its files one after the other.
    maxConcurrency: 8,
    fileParallelism: !isFaults,
    reporters: ['default', './test/summary-reporter.ts'],
  },
})
