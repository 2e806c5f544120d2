// The local functions host. Prints one line of JSON on stdout when it serves (see ReadyReport); logs go to stderr.

import { startHost } from './host.ts'
import { type HostOptions, parseHostOptions, usage } from './options.ts'

function readOptions(): HostOptions {
  try {
    return parseHostOptions(process.argv.slice(2), process.env)
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n\n${usage}\n`)
    process.exit(2)
  }
}

function explainStartError(error: unknown, port: number): string {
  const isTaken = (error as { code?: string }).code === 'EADDRINUSE'
  return isTaken ? `port ${port} is taken: stop what listens there, or choose another with --port` : String(error)
}

const options = readOptions()
let stop = async (): Promise<void> => {}
let isStopping = false

async function shutDown(): Promise<void> {
  // A second signal does not wait.
  if (isStopping) process.exit(1)
  isStopping = true
  await stop()
  process.exit(0)
}
process.on('SIGTERM', shutDown)
process.on('SIGINT', shutDown)

try {
  const host = await startHost(options, shutDown)
  stop = host.stop
  process.stdout.write(`${JSON.stringify(host.report)}\n`)
} catch (error) {
  process.stderr.write(`${explainStartError(error, options.port)}\n`)
  process.exit(1)
}
