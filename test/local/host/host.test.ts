import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type RunningAzurite, startAzurite } from '../../../local/azurite.ts'
import type { ReadyReport } from '../../../local/host/host.ts'

const main = fileURLToPath(new URL('../../../local/host/main.ts', import.meta.url))
const appFolder = fileURLToPath(new URL('fixtures/small-app', import.meta.url))
const withKey = { 'x-functions-key': 'local-host-key' }
const running = new Set<ChildProcess>()
let azurite: RunningAzurite

beforeAll(async () => {
  azurite = await startAzurite()
}, 30_000)
afterEach(async () => {
  await Promise.all([...running].map((child) => end(child, 'SIGKILL')))
})
afterAll(() => azurite.stop())

async function startHost(...flags: string[]) {
  const child = spawn(process.execPath, [main, '--app', appFolder, '--port', '0', '--log-level', 'none', ...flags], {
    env: { ...process.env, AzureWebJobsStorage: azurite.connectionString },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  running.add(child)
  const [line] = await once(createInterface({ input: child.stdout }), 'line')
  const report: ReadyReport = JSON.parse(line)
  return { child, report, base: `http://127.0.0.1:${report.port}` }
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  running.delete(child)
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode
  child.kill(signal)
  await once(child, 'exit')
  return child.exitCode
}

async function waitFor<T>(read: () => Promise<T | undefined> | T | undefined, timeoutMs = 15_000): Promise<T> {
  for (const until = Date.now() + timeoutMs; Date.now() < until; await sleep(50)) {
    const value = await read()
    if (value !== undefined) return value
  }
  throw new Error('what the test waits for did not come')
}

async function listSeen(base: string): Promise<{ name: string; dequeueCount: number }[]> {
  return (await fetch(`${base}/api/seen`)).json() as never
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

test('a host that is ready says where it serves and how long the app took to load', async () => {
  const { report } = await startHost()
  expect(report).toMatchObject({ ready: true, state: 'Running', functions: 4 })
  expect(report.workerLoadMs).toBeGreaterThan(0)
  expect(isAlive(report.workerPid)).toBe(true)
})

test('a keyed function asks for a key, and in keys mode nobody is signed in', async () => {
  const { base } = await startHost()
  expect((await fetch(`${base}/api/jobs/a`, { method: 'POST' })).status).toBe(401)
  const who = await fetch(`${base}/api/who`, { headers: { 'x-local-sign-in': 'alice Reader' } })
  expect(await who.json()).toEqual({ name: null, isAuthOn: null })
})

test('in entra mode the sign-in front tells the app who calls', async () => {
  const { base } = await startHost('--access', 'entra')
  const who = await fetch(`${base}/api/who`, { headers: { 'x-local-sign-in': 'alice Reader' } })
  expect(await who.json()).toEqual({ name: 'alice', isAuthOn: 'True' })
  expect(await (await fetch(`${base}/api/who`)).json()).toMatchObject({ name: null })
})

test('a message whose host was killed is delivered again once its shortened lease is over', async () => {
  const flags = ['--queue-lease-ms', '2000', '--poll-max-ms', '100']
  const killed = await startHost(...flags)
  const sent = await fetch(`${killed.base}/api/jobs/important`, { method: 'POST', headers: withKey })
  expect(sent.status).toBe(202)
  await waitFor(async () => (await listSeen(killed.base))[0])
  // Longer than the lease: it must have been renewed, or the message would have come a second time.
  await sleep(2_500)
  expect(await listSeen(killed.base)).toEqual([{ name: 'important', dequeueCount: 1 }])

  await end(killed.child, 'SIGKILL')
  await waitFor(() => (isAlive(killed.report.workerPid) ? undefined : true), 5_000)

  const { base, child } = await startHost(...flags)
  const delivered = await waitFor(async () => (await listSeen(base))[0])
  expect(delivered).toEqual({ name: 'important', dequeueCount: 2 })
  expect(await end(child, 'SIGTERM')).toBe(0)
}, 40_000)

test('a taken port is a clear error', async () => {
  const { report } = await startHost()
  const second = spawn(process.execPath, [main, '--app', appFolder, '--port', `${report.port}`], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  running.add(second)
  const [line] = await once(createInterface({ input: second.stderr }), 'line')
  expect(line).toBe(`port ${report.port} is taken: stop what listens there, or choose another with --port`)
  expect(await waitFor(() => second.exitCode ?? undefined)).toBe(1)
})
