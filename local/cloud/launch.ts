import { fileURLToPath } from 'node:url'
import { type Child, startChild } from '../child.ts'
import type { CloudPlace } from './cloud.ts'
import { type CloudControl, createControl } from './control.ts'

export interface RunningCloud {
  readonly place: CloudPlace
  readonly control: CloudControl
  readonly child: Child
}

export interface LaunchOptions {
  readonly proxyPort?: number
  /** File that gets every exchange with bodies. */
  readonly recordFile?: string
  /** Host names of the Databricks workspaces; those of the pretend tenant when absent. */
  readonly workspaces?: readonly string[]
}

/** Starts the local cloud as a process of its own. */
export async function launchCloud(options: LaunchOptions = {}): Promise<RunningCloud> {
  const { proxyPort = 0, recordFile, workspaces } = options
  const main = fileURLToPath(new URL('./main.ts', import.meta.url))
  const record = recordFile === undefined ? [] : ['--record', recordFile]
  const named = workspaces === undefined ? [] : ['--workspaces', workspaces.join(',')]
  const child = await startChild({
    what: 'The local cloud',
    args: [main, '--proxy-port', String(proxyPort), ...record, ...named],
    isReady: (line) => line.startsWith('{'),
    // An unknown call or a refused host is a defect of whoever made it: it must not drown in a file.
    onErrorLine: (line) => process.stderr.write(`${line}\n`),
  })
  const place = JSON.parse(child.readyLine) as CloudPlace
  return { place, control: createControl(place.controlUrl), child }
}
