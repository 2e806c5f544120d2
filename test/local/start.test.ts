import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'

const START = fileURLToPath(new URL('../../local/start.ts', import.meta.url))
const run = promisify(execFile)

const hasCurl = await run('curl', ['--version']).then(
  () => true,
  () => false,
)

/** Every process of this machine, where the machine shows it; one that has ended and waits to be reaped is none. */
async function readProcesses(): Promise<Map<number, { readonly parent: number; readonly command: string }>> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const read = (pid: string, file: string): Promise<string> => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '')
  const processes = await Promise.all(
    pids.map(async (pid) => {
      const [state, parent] = (await read(pid, 'stat')).split(') ')[1]?.split(' ') ?? []
      if (state === undefined || state === 'Z' || state === 'X') return []
      const command = (await read(pid, 'cmdline')).replaceAll('\0', ' ')
      return [[Number(pid), { parent: Number(parent), command }] as const]
    }),
  )
  return new Map(processes.flat())
}

async function listDescendants(pid: number): Promise<number[]> {
  const processes = await readProcesses()
  const found = [pid]
  for (const ancestor of found) for (const [child, { parent }] of processes) if (parent === ancestor) found.push(child)
  return found.slice(1)
}

async function listAlive(pids: readonly number[]): Promise<string[]> {
  const processes = await readProcesses()
  return pids.flatMap((pid) => processes.get(pid)?.command ?? [])
}

async function startAnd(
  use: (output: string, pid: number) => Promise<void>,
  ending: NodeJS.Signals,
): Promise<number | null> {
  const child = spawn(process.execPath, [START, '--port', '0'], { stdio: ['ignore', 'pipe', 'inherit'] })
  const exited = once(child, 'exit')
  try {
    let output = ''
    for await (const chunk of child.stdout) {
      output += chunk
      if (output.includes('Ctrl-C')) break
    }
    await use(output, child.pid ?? 0)
  } finally {
    child.kill(ending)
  }
  const [code] = (await exited) as [number | null]
  return code
}

const refuseTaken = async (flag: string): Promise<void> => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const child = spawn(process.execPath, [START, '--port', '0', flag, String(port)], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const [[code], complaint] = await Promise.all([once(child, 'exit'), text(child.stderr)])
  server.close()
  expect(code).toBe(1)
  expect(complaint).toBe(
    `Port ${port} is taken: stop what listens there, or choose another with npm start -- ${flag} ${port + 1}\n`,
  )
}

describe('npm start', () => {
  it.skipIf(!hasCurl)('prints the base URL on a line of its own and curl lines that work when pasted', async () => {
    const code = await startAnd(async (output) => {
      expect(output).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/m)
      const lines = output.split('\n').filter((line) => /^(curl|location=)/.test(line))
      expect(lines).toHaveLength(5)
      const { stdout } = await run('sh', ['-c', lines.join('\n')])
      for (const said of ['HTTP/1.1 200 OK', '{"status":"ready"}', '"dryRun":true', '{"onboardings":[{"id":']) {
        expect(stdout).toContain(said)
      }
      // Once as what was just started, once in the list.
      expect(stdout.match(/\{"id":"[^"]+","direction":"onboarding","name":"etl-prod"/g)).toHaveLength(2)
    }, 'SIGINT')
    expect(code).toBe(0)
  })

  it.skipIf(process.platform !== 'linux').for(['SIGINT', 'SIGKILL'] as const)(
    'leaves no process behind after %s',
    async (ending) => {
      let started: number[] = []
      await startAnd(async (_, pid) => {
        started = await listDescendants(pid)
      }, ending)
      expect(started.length).toBeGreaterThanOrEqual(4)
      for (let tries = 0; tries < 100 && (await listAlive(started)).length > 0; tries += 1) await sleep(100)
      expect(await listAlive(started)).toEqual([])
    },
  )

  it.skipIf(process.platform !== 'linux')('ends with the shell that npm put in between', async () => {
    const shell = spawn('sh', ['-c', `"${process.execPath}" "${START}" --port 0; true`], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    for await (const chunk of shell.stdout) if (String(chunk).includes('Ctrl-C')) break
    const started = await listDescendants(shell.pid ?? 0)
    shell.kill()
    expect(started.length).toBeGreaterThanOrEqual(5)
    for (let tries = 0; tries < 100 && (await listAlive(started)).length > 0; tries += 1) await sleep(100)
    expect(await listAlive(started)).toEqual([])
  })

  it.for(['--port', '--proxy-port'])('says which port is taken and what to do: %s', (flag) => refuseTaken(flag))
})
