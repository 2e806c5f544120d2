import { createServer } from 'node:net'
import { parseArgs } from 'node:util'
import { createCurlLines } from './curl-lines.ts'
import { type Stack, startStack } from './stack.ts'

const USAGE = `usage: npm start -- [options]
  --port N               where the app listens (7071, or STEWARD_LOCAL_PORT)
  --proxy-port N         where the way into the pretend Azure listens (any free port, or STEWARD_LOCAL_PROXY_PORT)
  --access keys|entra    who may call: function keys (default), or a pretended sign-in`

const PARENT_CHECK_MS = 500

interface StartOptions {
  readonly port: number
  readonly proxyPort: number
  readonly access: 'keys' | 'entra'
}

/** A sentence for the person at the terminal; no stack trace goes with it. */
class StartError extends Error {}

function readOptions(): StartOptions {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: process.env['STEWARD_LOCAL_PORT'] ?? '7071' },
      'proxy-port': { type: 'string', default: process.env['STEWARD_LOCAL_PROXY_PORT'] ?? '0' },
      access: { type: 'string', default: 'keys' },
    },
  })
  const { access } = values
  if (access !== 'keys' && access !== 'entra') throw new StartError('--access is either keys or entra')
  return { port: readPort('port', values.port), proxyPort: readPort('proxy-port', values['proxy-port']), access }
}

function readPort(flag: string, text: string): number {
  const port = Number(text)
  if (text === '' || !Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new StartError(`--${flag} must be a port number, not "${text}"`)
  }
  return port
}

/** Asked before anything is started, so that the answer is one sentence and not the output of three processes. */
async function requireFreePort(flag: string, port: number): Promise<void> {
  const probe = createServer()
  await new Promise<void>((resolve, reject) => {
    probe.once('error', (error: NodeJS.ErrnoException) => {
      const what =
        error.code === 'EADDRINUSE' ? 'is taken: stop what listens there, or' : `cannot be used (${error.code}):`
      reject(new StartError(`Port ${port} ${what} choose another with npm start -- --${flag} ${port + 1}`))
    })
    probe.listen(port, '127.0.0.1', resolve)
  })
  await new Promise((resolve) => probe.close(resolve))
}

function explain(error: unknown): string {
  if (error instanceof StartError) return error.message
  const isUsage = (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS') === true
  return isUsage ? `${(error as Error).message}\n\n${USAGE}` : String(error)
}

/** The whole ends when it is told to, and when a part of it ended by itself, which is not as it should be. */
async function waitForEnd(stack: Stack, told: Promise<void>): Promise<'told' | 'broken'> {
  const broken = stack.hosts.map(({ child }) => child.exited.then(() => 'broken' as const))
  return Promise.race([told.then(() => 'told' as const), ...broken])
}

async function main(): Promise<void> {
  const { port, proxyPort, access } = readOptions()
  await Promise.all([requireFreePort('port', port), requireFreePort('proxy-port', proxyPort)])
  // Before the stack is up there is nobody to ask: its processes end with this one.
  const quit = (): void => process.exit(130)
  process.once('SIGINT', quit).once('SIGTERM', quit)
  const stack = await startStack({ port, proxyPort, access })
  const told = new Promise<void>((resolve) => {
    process.off('SIGINT', quit).off('SIGTERM', quit)
    process.on('SIGINT', resolve).on('SIGTERM', resolve)
  })
  // npm stops the shell between itself and this process, and no more than that.
  const parent = process.ppid
  const orphaned = new Promise<void>((resolve) => {
    setInterval(() => process.ppid !== parent && resolve(), PARENT_CHECK_MS).unref()
  })
  const lines = createCurlLines(stack.baseUrl, access)
  process.stdout.write(`Steward runs, on a pretend Azure, at\n\n${stack.baseUrl}\n\n${lines}\nCtrl-C stops it all.\n`)
  const end = await waitForEnd(stack, Promise.race([told, orphaned]))
  if (end === 'broken') {
    process.stderr.write(`The functions host ended by itself:\n${stack.output().slice(-20).join('\n')}\n`)
    process.exitCode = 1
  }
  await stack.stop()
}

main().then(
  () => process.exit(),
  (error: unknown) => {
    process.stderr.write(`${explain(error)}\n`)
    process.exit(1)
  },
)
