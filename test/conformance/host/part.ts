import { spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startAzurite } from '../../../local/azurite.ts'
import { probeDifferences } from '../../../local/host/probe-differences.ts'
import type { PartReport } from '../report.ts'
import { judgeProbes, readTranscript } from './transcript.ts'

const ROOT = new URL('../../..', import.meta.url)

/** Runs the recorded probes of a real functions host against the local one, with a storage emulator of their own. */
export async function checkHost(specs: string, isSlow: boolean): Promise<PartReport> {
  const folder = await mkdtemp(join(tmpdir(), 'steward-conformance-'))
  const azurite = await startAzurite()
  try {
    const out = join(folder, 'transcript.json')
    await runProbes(join(specs, 'functions-host'), out, azurite.connectionString, isSlow)
    const recorded: unknown = JSON.parse(await readFile(join(specs, 'functions-host', 'recorded.json'), 'utf8'))
    const transcript: unknown = JSON.parse(await readFile(out, 'utf8'))
    return {
      part: 'host',
      verdicts: judgeProbes(readTranscript(recorded), readTranscript(transcript), probeDifferences, isSlow),
      notes: [isSlow ? 'the slow probes' : 'the fast probes; the others with --slow'],
    }
  } finally {
    await azurite.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

/** Ends well also when probes differ: what they saw is in the transcript. */
async function runProbes(folder: string, out: string, storage: string, isSlow: boolean): Promise<void> {
  // The probes look for free ports from here on; another run begins elsewhere.
  const port = randomInt(20_000, 30_000)
  const host = fileURLToPath(new URL('local/host/main.ts', ROOT))
  const except = probeDifferences.map(({ id }) => id).join(',')
  const child = spawn(
    process.execPath,
    [
      join(folder, 'probes.mjs'),
      ...['--launch', `'${process.execPath}' '${host}' --app '{dir}' --port {port}`],
      ...['--compare', join(folder, 'recorded.json')],
      ...['--out', out],
      ...['--storage', storage],
      ...['--node-modules', fileURLToPath(new URL('node_modules', ROOT))],
      ...['--port', String(port)],
      ...(except === '' ? [] : ['--except', except]),
      ...(isSlow ? ['--slow'] : []),
    ],
    // Its standard output repeats what the transcript says.
    { stdio: ['ignore', 'ignore', 'inherit'] },
  )
  const stop = (): void => void child.kill('SIGTERM')
  process.once('exit', stop)
  await once(child, 'exit')
  process.off('exit', stop)
}
