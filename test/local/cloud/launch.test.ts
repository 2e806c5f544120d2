import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { access } from 'node:fs/promises'
import { dirname } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { launchCloud, type RunningCloud } from '../../../local/cloud/launch.ts'
import { createOutsider } from '../../../local/outsider.ts'

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  )

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

async function waitUntil(isSo: () => boolean | Promise<boolean>): Promise<boolean> {
  for (let tries = 0; tries < 200; tries += 1) {
    if (await isSo()) return true
    await sleep(50)
  }
  return false
}

describe('the local cloud as a process of its own', () => {
  it('serves every fake by its real name, moves its clock, and leaves nothing behind', async () => {
    const { place, control, child } = await launchCloud()
    try {
      const outsider = await createOutsider(place)
      const statuses = await Promise.all(
        [
          `https://login.microsoftonline.com/${place.settings.tenantId}/v2.0/.well-known/openid-configuration`,
          'https://graph.microsoft.com/v1.0/applications',
          `https://${place.settings.vaults[0]}/secrets/any?api-version=7.5`,
          `https://${place.settings.workspaces[0]}/api/2.0/preview/scim/v2/Me`,
        ].map(async (url) => (await outsider.call('GET', url)).status),
      )
      expect(statuses).toEqual([200, 401, 401, 401])

      const before = await control.now()
      await control.advanceClock(3_600_000)
      expect((await control.now()) - before).toBeGreaterThanOrEqual(3_600_000)
    } finally {
      await child.stop()
    }
    expect([isAlive(child.pid), await exists(dirname(place.certificateFile))]).toEqual([false, false])
  })

  it('has the workspaces that it is told to have', async () => {
    const workspaces = ['adb-1.1.azuredatabricks.net', 'adb-2.2.azuredatabricks.net']
    const { place, control, child } = await launchCloud({ workspaces })
    try {
      expect(place.settings.workspaces).toEqual(workspaces)
      const { workspaces: told } = await control.command<{ workspaces: { workspace: string }[] }>(
        'databricks',
        'inspect',
      )
      expect(told.map(({ workspace }) => workspace)).toEqual(workspaces)
    } finally {
      await child.stop()
    }
  })

  it('ends, and leaves nothing behind, when its parent is killed', async () => {
    const launch = new URL('../../../local/cloud/launch.ts', import.meta.url).href
    const script = `
      const { launchCloud } = await import(${JSON.stringify(launch)})
      const { place, child } = await launchCloud()
      console.log(JSON.stringify({ place, child: { pid: child.pid } }))
      setInterval(() => undefined, 1000)`
    const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [line] = (await once(createInterface({ input: parent.stdout }), 'line')) as [string]
    const { place, child } = JSON.parse(line) as RunningCloud
    expect(isAlive(child.pid)).toBe(true)
    parent.kill('SIGKILL')
    expect(await waitUntil(() => !isAlive(child.pid))).toBe(true)
    expect(await waitUntil(async () => !(await exists(dirname(place.certificateFile))))).toBe(true)
  })
})
