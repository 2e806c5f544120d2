/**
 * Preloaded (`--import`) into every process that the local stack starts: when whoever holds the other end of standard
 * input is gone, however it died, the process ends as if it had been asked to.
 */
process.stdin.once('close', () => process.kill(process.pid, 'SIGTERM')).resume()
