/**
 * Preloaded (`--import`, with `--expose-gc`) into the app's process: at a signal it collects all garbage and says how
 * much of the heap is in use then.
 */
process.on('SIGUSR2', () => {
  globalThis.gc?.()
  process.stderr.write(`bytes in use after a collection: ${process.memoryUsage().heapUsed}\n`)
})
