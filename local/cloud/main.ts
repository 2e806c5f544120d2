import { parseArgs } from 'node:util'
import { startCloud } from './cloud.ts'
import { createServices } from './services.ts'
import { DEFAULT_SETTINGS } from './settings.ts'

/** The local cloud as a process of its own: prints where it is as one line of JSON, and ends on a signal. */
const { values } = parseArgs({
  options: {
    'proxy-port': { type: 'string', default: '0' },
    record: { type: 'string' },
    workspaces: { type: 'string' },
  },
})
const cloud = await startCloud({
  settings:
    values.workspaces === undefined
      ? DEFAULT_SETTINGS
      : { ...DEFAULT_SETTINGS, workspaces: values.workspaces.split(',') },
  createServices,
  proxyPort: Number(values['proxy-port']),
  ...(values.record === undefined ? {} : { recordFile: values.record }),
})
let isStopping = false
const stop = (): void => {
  if (isStopping) return
  isStopping = true
  void cloud.close().finally(() => process.exit(0))
}
process.on('SIGTERM', stop)
process.on('SIGINT', stop)
process.stdout.write(`${JSON.stringify(cloud.place)}\n`)
