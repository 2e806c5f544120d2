import { resolve } from 'node:path'
import { parseArgs } from 'node:util'

export interface HostOptions {
  readonly appFolder: string
  /** 0: any free port. */
  readonly port: number
  readonly access: 'keys' | 'entra'
  readonly keysFile: string | undefined
  readonly preload: string | undefined
  readonly queueLeaseMs: number
  readonly pollMinMs: number
  /** Caps what host.json says. */
  readonly pollMaxMs: number
  readonly timerLockMs: number
  readonly drainMs: number
  readonly logLevel: string
  readonly showCrashes: boolean
}

export const usage = `usage: node local/host/main.ts --app DIR --port N [options]
  --access keys|entra    who may call: function keys (default), or a pretended sign-in (header x-local-sign-in)
  --keys FILE            JSON file with the keys (or the environment variable CONF_KEYS_FILE)
  --preload FILE         module that the worker imports before the app
  --queue-lease-ms N     how long a queue message is leased (600000)
  --poll-min-ms N        shortest wait between two polls of a queue (100)
  --poll-max-ms N        longest wait, when it is less than maxPollingInterval of host.json
  --timer-lock-ms N      how long a host owns a timer, 15000 to 60000; 0 for no lock (60000)
  --drain-ms N           how long running functions may go on after SIGTERM (10000)
  --log-level LEVEL      logs nothing below it, whatever host.json says (trace)
  --show-crashes         logs the error that ended a worker`

/** Reads the command line; throws with a sentence on what is wrong with it. */
export function parseHostOptions(args: readonly string[], environment: NodeJS.ProcessEnv): HostOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      app: { type: 'string' },
      port: { type: 'string' },
      access: { type: 'string', default: 'keys' },
      keys: { type: 'string' },
      preload: { type: 'string' },
      'queue-lease-ms': { type: 'string', default: '600000' },
      'poll-min-ms': { type: 'string', default: '100' },
      'poll-max-ms': { type: 'string' },
      'timer-lock-ms': { type: 'string', default: '60000' },
      'drain-ms': { type: 'string', default: '10000' },
      'log-level': { type: 'string', default: 'trace' },
      'show-crashes': { type: 'boolean', default: false },
    },
  })
  if (values.access !== 'keys' && values.access !== 'entra') throw new Error('--access is either keys or entra')
  return {
    appFolder: resolve(values.app ?? 'dist'),
    port: readNumber('port', values.port ?? '7071'),
    access: values.access,
    keysFile: values.keys ?? environment['CONF_KEYS_FILE'],
    preload: values.preload && resolve(values.preload),
    queueLeaseMs: readNumber('queue-lease-ms', values['queue-lease-ms']),
    pollMinMs: readNumber('poll-min-ms', values['poll-min-ms']),
    pollMaxMs: values['poll-max-ms'] ? readNumber('poll-max-ms', values['poll-max-ms']) : Number.POSITIVE_INFINITY,
    timerLockMs: readNumber('timer-lock-ms', values['timer-lock-ms']),
    drainMs: readNumber('drain-ms', values['drain-ms']),
    logLevel: values['log-level'],
    showCrashes: values['show-crashes'],
  }
}

function readNumber(name: string, text: string): number {
  const number = Number(text)
  if (!Number.isInteger(number) || number < 0) throw new Error(`--${name} must be a whole number, not "${text}"`)
  return number
}
