import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { denied, refusal, type ScriptedWorkspace, startScriptedWorkspace } from './scripted-workspace.ts'

const CONF = '/api/2.0/workspace-conf'

let scripted: ScriptedWorkspace

beforeEach(async () => {
  scripted = await startScriptedWorkspace()
})

afterEach(() => scripted.service.stop())

describe('what a workspace sets for tokens', () => {
  it.each([
    [{ enableTokensConfig: 'true', maxTokenLifetimeDays: '90' }, true, 90],
    [{ enableTokensConfig: 'false', maxTokenLifetimeDays: '0' }, false, 730],
    [{ enableTokensConfig: 'False', maxTokenLifetimeDays: '' }, false, 730],
    [{ enableTokensConfig: null, maxTokenLifetimeDays: null }, true, 730],
    [{ enableTokensConfig: '', maxTokenLifetimeDays: '1000' }, true, 730],
    [{}, true, 730],
  ])('is read from %j', async (body, areTokensEnabled, maxLifetimeDays) => {
    scripted.service.on('GET', CONF, { isLost: true }, { body })
    expect(await scripted.workspace.getTokenSettings()).toEqual({ areTokensEnabled, maxLifetimeDays })
    expect(scripted.sent()[1]).toBe(`GET ${CONF}?keys=enableTokensConfig%2CmaxTokenLifetimeDays`)
  })

  it.each([
    [denied, 'upstream-denied'],
    [refusal(400, 'BAD_REQUEST', 'Invalid keys: ["enableTokensConfig"]'), 'upstream-rejected'],
    [{ body: { enableTokensConfig: 'maybe' } }, 'upstream-rejected'],
    [{ body: { maxTokenLifetimeDays: '-1' } }, 'upstream-rejected'],
    [{ body: { maxTokenLifetimeDays: 90 } }, 'upstream-rejected'],
    [{ body: '' }, 'upstream-rejected'],
  ])('is not guessed from %o', async (answer, code) => {
    scripted.service.on('GET', CONF, answer)
    await expect(scripted.workspace.getTokenSettings()).rejects.toMatchObject({ code })
  })
})
