import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openClock } from '../../local/cloud/clock.ts'

const PRELOAD = new URL('../../local/clock-preload.ts', import.meta.url).href
const DAY_MS = 24 * 60 * 60 * 1000

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'steward-test-'))
})
afterAll(() => rm(folder, { recursive: true }))

it('shifts every way of asking for the time, sees each move at once, and leaves the rest of Date alone', async () => {
  const file = join(folder, 'clock')
  const clock = openClock(file)
  const script = `
    const report = () => console.log(JSON.stringify({
      now: Date.now(), made: new Date().getTime(), text: Date.parse(Date()),
      fixed: new Date('2020-01-02T03:04:05Z').toISOString(), parsed: Date.UTC(2020, 0), copy: new Date(new Date(7)).getTime(),
      isDate: new Date() instanceof Date, subclass: new (class extends Date { year() { return this.getUTCFullYear() } })(0).year(),
    }))
    report()
    process.stdin.on('data', report)`
  const child = spawn(process.execPath, ['--import', PRELOAD, '--input-type=module', '-e', script], {
    env: { STEWARD_LOCAL_CLOCK_FILE: file },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const next = async () => JSON.parse(String((await lines.next()).value))

  const first = await next()
  clock.advance(30 * DAY_MS)
  child.stdin.write('\n')
  const second = await next()
  child.stdin.end()
  await once(child, 'exit')

  expect(Math.abs(first.now - Date.now())).toBeLessThan(10_000)
  expect(Math.abs(second.now - clock.now())).toBeLessThan(10_000)
  expect(second.now - first.now).toBeGreaterThanOrEqual(30 * DAY_MS)
  // The text has whole seconds.
  for (const { now, made, text } of [first, second]) {
    expect([Math.abs(made - now) < 1_000, Math.abs(text - now) < 2_000]).toEqual([true, true])
  }
  expect(second).toMatchObject({
    fixed: '2020-01-02T03:04:05.000Z',
    parsed: Date.UTC(2020, 0),
    copy: 7,
    isDate: true,
    subclass: 1970,
  })
  clock.close()
})

it('changes nothing in a process that names no clock file', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', PRELOAD, '-p', 'Date.now()'], { env: {} })
  expect(Math.abs(Number(stdout) - Date.now())).toBeLessThan(10_000)
})
