import { beforeEach, describe, expect, it } from 'vitest'
import { createDatabricksService } from '../../../../../local/cloud/databricks/service.ts'
import type { CloudService } from '../../../../../local/cloud/service.ts'
import type { World } from '../../../../../local/cloud/world.ts'
import { command, createPretendWorld, STRANGER } from '../../pretend-world.ts'
import { readWire } from '../wire.ts'
import { type Answer, createSend, type Options, type Send } from '../workspace-client.ts'

const FOLDER = '/Steward/etl-prod'
const NOTEBOOK = `${FOLDER}/check`

const OTHER = { objectId: '88888888-8888-8888-8888-888888888888', clientId: '99999999-9999-9999-9999-999999999999' }

let world: World
let service: CloudService
let send: Send

beforeEach(() => {
  world = createPretendWorld()
  service = createDatabricksService(world)
  send = createSend(world, service)
})

const base64 = (text: string): string => Buffer.from(text).toString('base64')

const post = (call: string, body: object, options: Options = {}): Promise<Answer> =>
  send('POST', `/api/2.0/workspace/${call}`, { ...options, body })

const get = (call: string, path: string, options: Options = {}): Promise<Answer> =>
  send('GET', `/api/2.0/workspace/${call}?path=${encodeURIComponent(path)}`, options)

const importNotebook = (body: object = {}, options: Options = {}): Promise<Answer> =>
  post('import', { path: NOTEBOOK, format: 'SOURCE', language: 'SQL', content: base64('SELECT 1'), ...body }, options)

async function exportSource(): Promise<string> {
  return Buffer.from((await get('export', NOTEBOOK)).body.content, 'base64').toString()
}

async function statusOf(path: string): Promise<Record<string, unknown>> {
  return readWire(await get('get-status', path))
}

describe('directories', () => {
  it('are made with those above them, as often as one likes', async () => {
    expect(await post('mkdirs', { path: FOLDER })).toMatchObject({ status: 200, body: {} })
    const first = await statusOf('/Steward')
    expect((await post('mkdirs', { path: `/Workspace${FOLDER}/` })).status).toBe(200)
    expect(await statusOf('/Steward')).toEqual(first)
    expect(first).toMatchObject({ object_type: 'DIRECTORY', path: '/Steward' })
  })

  it('have ids that are numbers beyond what a double holds', async () => {
    await post('mkdirs', { path: FOLDER })
    const { body } = await get('get-status', FOLDER)
    const [, digits = ''] = /"object_id":(\d+)[,}]/.exec(JSON.stringify(body)) ?? []
    expect(BigInt(digits)).toBeGreaterThan(2n ** 53n)
  })

  it('are not made where a notebook stands in the way', async () => {
    await post('mkdirs', { path: FOLDER })
    await importNotebook()
    for (const path of [NOTEBOOK, `${NOTEBOOK}/below`]) {
      expect(await post('mkdirs', { path })).toMatchObject({
        status: 400,
        body: { error_code: 'RESOURCE_ALREADY_EXISTS', message: `Path (${NOTEBOOK}) already exists.` },
      })
    }
  })

  it('list what is in them, and say nothing of objects when there are none', async () => {
    await post('mkdirs', { path: FOLDER })
    expect((await get('list', FOLDER)).body).toEqual({})
    await importNotebook()
    await post('mkdirs', { path: `${FOLDER}/below/deeper` })
    const { objects } = readWire(await get('list', FOLDER))
    expect(objects).toMatchObject([{ path: NOTEBOOK, language: 'SQL' }, { path: `${FOLDER}/below` }])
    expect(readWire(await get('list', NOTEBOOK))).toMatchObject({ objects: [{ path: NOTEBOOK }] })
  })
})

describe('notebooks', () => {
  beforeEach(async () => {
    await post('mkdirs', { path: FOLDER })
  })

  it.each([
    ['SQL', '-- Databricks notebook source'],
    ['PYTHON', '# Databricks notebook source'],
    ['SCALA', '// Databricks notebook source'],
  ])('in %s come back with the header line, whether it was sent or not', async (language, header) => {
    await importNotebook({ language })
    expect(await exportSource()).toBe(`${header}\nSELECT 1`)
    await importNotebook({ language, content: base64(`${header}\nSELECT 2`), overwrite: true })
    expect(await exportSource()).toBe(`${header}\nSELECT 2`)
  })

  it('are written over only when that is asked for, and keep their id', async () => {
    await importNotebook()
    const before = await statusOf(NOTEBOOK)
    expect(await importNotebook({ content: base64('SELECT 2') })).toMatchObject({
      status: 400,
      body: { error_code: 'RESOURCE_ALREADY_EXISTS', message: `Path (${NOTEBOOK}) already exists.` },
    })
    expect(await exportSource()).toContain('SELECT 1')
    world.clock.advance(1000)
    expect((await importNotebook({ content: base64('SELECT 2'), overwrite: true })).status).toBe(200)
    const after = await statusOf(NOTEBOOK)
    expect(await exportSource()).toContain('SELECT 2')
    expect(after).toMatchObject({ object_id: before['object_id'], created_at: before['created_at'] })
    expect(after['modified_at']).toBeGreaterThan(Number(before['modified_at']))
  })

  it('never take the place of a directory', async () => {
    expect(await importNotebook({ path: FOLDER, overwrite: true })).toMatchObject({
      status: 400,
      body: { error_code: 'RESOURCE_ALREADY_EXISTS' },
    })
  })

  it.each([
    ['a parent that is not there', { path: '/Steward/other/check' }, 404, 'RESOURCE_DOES_NOT_EXIST'],
    ['no language', { language: undefined }, 400, 'INVALID_PARAMETER_VALUE'],
    ['a language there is none of', { language: 'COBOL' }, 400, 'MALFORMED_REQUEST'],
    ['what is no base64', { content: 'SELECT 1;' }, 400, 'INVALID_PARAMETER_VALUE'],
    ['more than 10 MB', { content: base64('x'.repeat(10 * 1024 * 1024 + 1)) }, 400, 'MAX_NOTEBOOK_SIZE_EXCEEDED'],
    ['a field there is none of', { overwrites: true }, 400, 'MALFORMED_REQUEST'],
    ['a path without a slash', { path: 'Steward/check' }, 400, 'INVALID_PARAMETER_VALUE'],
    ['a format that is not pretended', { format: 'DBC' }, 501, 'NOT_IMPLEMENTED'],
  ])('are refused with %s', async (_, body, status, code) => {
    expect(await importNotebook(body)).toMatchObject({ status, body: { error_code: code } })
  })

  it('that are not there are not found', async () => {
    for (const call of ['get-status', 'export', 'list']) {
      expect(await get(call, NOTEBOOK)).toMatchObject({
        status: 404,
        body: { error_code: 'RESOURCE_DOES_NOT_EXIST', message: `Path (${NOTEBOOK}) doesn't exist.` },
      })
    }
  })
})

describe('deleting', () => {
  beforeEach(async () => {
    await post('mkdirs', { path: FOLDER })
    await importNotebook()
  })

  it('spares a directory that is not empty, unless told otherwise', async () => {
    expect(await post('delete', { path: '/Steward' })).toMatchObject({
      status: 400,
      body: { error_code: 'DIRECTORY_NOT_EMPTY' },
    })
    expect((await post('delete', { path: '/Steward', recursive: true })).status).toBe(200)
    expect((await get('get-status', NOTEBOOK)).status).toBe(404)
    expect((await get('get-status', '/Steward')).status).toBe(404)
  })

  it('takes a notebook, then its empty directory', async () => {
    expect((await post('delete', { path: NOTEBOOK })).status).toBe(200)
    expect((await post('delete', { path: FOLDER })).status).toBe(200)
    expect(await post('delete', { path: FOLDER })).toMatchObject({
      status: 404,
      body: { error_code: 'RESOURCE_DOES_NOT_EXIST' },
    })
  })

  it('is refused for what every workspace has', async () => {
    expect(await post('delete', { path: '/Users', recursive: true })).toMatchObject({
      status: 400,
      body: { error_code: 'DIRECTORY_PROTECTED' },
    })
  })
})

describe('a service principal without further rights', () => {
  const asStranger: Options = { as: STRANGER }
  const home = `/Users/${STRANGER.clientId}`

  beforeEach(async () => {
    command(service, 'seed', {
      resources: [{ kind: 'ServicePrincipal', id: '1', applicationId: STRANGER.clientId }],
    })
    await post('mkdirs', { path: FOLDER })
    await importNotebook()
  })

  it('writes in its home directory only', async () => {
    expect((await post('mkdirs', { path: `${home}/mine` }, asStranger)).status).toBe(200)
    expect((await importNotebook({ path: `${home}/check` }, asStranger)).status).toBe(200)
    const denied = { status: 403, body: { error_code: 'PERMISSION_DENIED' } }
    expect(await post('mkdirs', { path: '/Mine' }, asStranger)).toMatchObject(denied)
    expect(await post('mkdirs', { path: `${home}-too` }, asStranger)).toMatchObject(denied)
    expect(await importNotebook({ overwrite: true }, asStranger)).toMatchObject(denied)
  })

  it('manages what it made, also when it is no admin any more', async () => {
    await post('mkdirs', { path: '/Others' })
    command(service, 'seed', { resources: [{ kind: 'ServicePrincipal', id: '2', applicationId: OTHER.clientId }] })
    command(service, 'setAdmin', { applicationId: OTHER.clientId, admin: true })
    await post('mkdirs', { path: '/Made' }, { as: OTHER })
    await importNotebook({ path: '/Made/check' }, { as: OTHER })
    command(service, 'setAdmin', { applicationId: OTHER.clientId, admin: false })
    expect((await importNotebook({ path: '/Others/check' }, { as: OTHER })).status).toBe(403)
    expect((await importNotebook({ path: '/Made/check', overwrite: true }, { as: OTHER })).status).toBe(200)
    expect((await post('delete', { path: '/Made', recursive: true }, { as: OTHER })).status).toBe(200)
  })

  it('finds nothing that it may not read', async () => {
    expect((await get('get-status', NOTEBOOK, asStranger)).status).toBe(404)
    expect((await get('export', NOTEBOOK, asStranger)).status).toBe(404)
    const { objects } = readWire(await get('list', '/', asStranger))
    expect(objects).toMatchObject([{ path: '/Users' }, { path: '/Shared' }])
  })
})
