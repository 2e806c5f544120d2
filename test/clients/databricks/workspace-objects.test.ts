import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  denied,
  LONG_ID,
  longNumber,
  missing,
  refusal,
  type ScriptedWorkspace,
  startScriptedWorkspace,
} from './scripted-workspace.ts'

const OBJECTS = '/api/2.0/workspace'
const PATH = '/Steward/prod/etl & co'
const IN_QUERY = 'path=%2FSteward%2Fprod%2Fetl%20%26%20co'
const SOURCE = "SELECT 'ä'"

let scripted: ScriptedWorkspace

beforeEach(async () => {
  scripted = await startScriptedWorkspace()
})

afterEach(() => scripted.service.stop())

describe('the status of an object', () => {
  it.each([
    [
      { object_type: 'NOTEBOOK', language: 'SQL' },
      { kind: 'notebook', language: 'SQL' },
    ],
    [{ object_type: 'DIRECTORY' }, { kind: 'directory', language: null }],
    [{ object_type: 'REPO' }, { kind: 'other', language: null }],
  ])('tells its id and what it is (%j)', async (body, status) => {
    scripted.service.on('GET', `${OBJECTS}/get-status`, { body: { path: PATH, object_id: longNumber, ...body } })
    expect(await scripted.workspace.getObjectStatus(PATH)).toEqual({ objectId: LONG_ID, ...status })
    expect(scripted.sent()).toEqual([`GET ${OBJECTS}/get-status?${IN_QUERY}`])
  })

  it('is null when it is not there', async () => {
    scripted.service.on('GET', `${OBJECTS}/get-status`, missing)
    expect(await scripted.workspace.getObjectStatus(PATH)).toBeNull()
  })

  it.each([
    [{ body: { object_type: 'NOTEBOOK' } }, 'upstream-rejected'],
    [{ body: { object_type: 'NOTEBOOK', object_id: 1.5 } }, 'upstream-rejected'],
    [{ body: { object_type: 'NOTEBOOK', object_id: 'x' } }, 'upstream-rejected'],
    [{ status: 404, body: '<html>no such page</html>' }, 'upstream-rejected'],
    [denied, 'upstream-denied'],
  ])('fails otherwise (%o)', async (answer, code) => {
    scripted.service.on('GET', `${OBJECTS}/get-status`, answer)
    await expect(scripted.workspace.getObjectStatus(PATH)).rejects.toMatchObject({ code })
  })
})

describe('a notebook', () => {
  it('is exported as its source', async () => {
    const content = Buffer.from(SOURCE).toString('base64')
    scripted.service.on('GET', `${OBJECTS}/export`, { body: { content, file_type: 'sql' } }, missing)
    expect(await scripted.workspace.exportNotebook(PATH)).toBe(SOURCE)
    expect(await scripted.workspace.exportNotebook(PATH)).toBeNull()
    expect(scripted.sent()[0]).toBe(`GET ${OBJECTS}/export?${IN_QUERY}&format=SOURCE`)
  })

  it.each([{}, { content: SOURCE }])('is not the export %j', async (body) => {
    scripted.service.on('GET', `${OBJECTS}/export`, { body })
    await expect(scripted.workspace.exportNotebook(PATH)).rejects.toMatchObject({ code: 'upstream-rejected' })
  })

  it.each([
    [{ body: {} }, 'imported'],
    [refusal(400, 'RESOURCE_ALREADY_EXISTS', 'there'), 'already-exists'],
    [refusal(404, 'RESOURCE_DOES_NOT_EXIST', 'The parent folder does not exist.'), 'parent-missing'],
  ])('is imported, or not (%o)', async (answer, outcome) => {
    scripted.service.on('POST', `${OBJECTS}/import`, answer)
    const notebook = { language: 'SQL', source: SOURCE, overwrite: false } as const
    expect(await scripted.workspace.importNotebook(PATH, notebook)).toBe(outcome)
    const content = Buffer.from(SOURCE).toString('base64')
    expect(scripted.sent()).toEqual([
      [`POST ${OBJECTS}/import`, { path: PATH, format: 'SOURCE', language: 'SQL', content, overwrite: false }],
    ])
  })

  it.each([
    [refusal(400, 'MAX_NOTEBOOK_SIZE_EXCEEDED', 'too big'), 'upstream-rejected'],
    [denied, 'upstream-denied'],
  ])('is refused otherwise (%o)', async (answer, code) => {
    scripted.service.on('POST', `${OBJECTS}/import`, answer)
    await expect(
      scripted.workspace.importNotebook(PATH, { language: 'SQL', source: SOURCE, overwrite: true }),
    ).rejects.toMatchObject({ code })
  })
})

describe('folders', () => {
  it('are made with all above, unless something else has the name', async () => {
    scripted.service.on(
      'POST',
      `${OBJECTS}/mkdirs`,
      { isLost: true },
      { body: {} },
      refusal(400, 'RESOURCE_ALREADY_EXISTS', 'A file is there'),
    )
    await scripted.workspace.makeDirectories('/Steward/prod')
    expect(scripted.sent()[1]).toEqual([`POST ${OBJECTS}/mkdirs`, { path: '/Steward/prod' }])
    await expect(scripted.workspace.makeDirectories('/Steward/prod')).rejects.toMatchObject({
      code: 'upstream-rejected',
      message: expect.stringContaining('A file is there'),
    })
  })

  it.each([
    [{ body: {} }, 'deleted'],
    [missing, 'deleted'],
    [refusal(400, 'DIRECTORY_NOT_EMPTY', 'Folder is not empty'), 'not-empty'],
  ])('are deleted when they are empty (%o)', async (answer, outcome) => {
    scripted.service.on('POST', `${OBJECTS}/delete`, answer)
    expect(await scripted.workspace.deleteObject('/Steward/prod')).toBe(outcome)
    expect(scripted.sent()).toEqual([[`POST ${OBJECTS}/delete`, { path: '/Steward/prod', recursive: false }]])
  })

  it('that nobody may delete say so', async () => {
    scripted.service.on('POST', `${OBJECTS}/delete`, denied)
    await expect(scripted.workspace.deleteObject('/Steward')).rejects.toMatchObject({ code: 'upstream-denied' })
  })
})
