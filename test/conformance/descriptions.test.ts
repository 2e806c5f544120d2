import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { RecordedExchange } from '../../local/cloud/request-log.ts'
import { listOperations, type Operation } from './specs/description.ts'
import { readDocuments } from './specs/documents.ts'
import { adaptSchema } from './specs/schema-adapter.ts'
import { findOperation, validateExchange } from './specs/validate-exchange.ts'

const swagger = {
  swagger: '2.0',
  paths: {
    '/secrets/{name}/{version}': {
      get: {
        parameters: [
          { name: 'name', in: 'path', required: true, type: 'string', pattern: '^[a-z]+$' },
          { name: 'version', in: 'path', required: true, type: 'string' },
          { $ref: 'common.json#/parameters/ApiVersion' },
        ],
        responses: {
          200: { schema: { $ref: '#/definitions/Secret' } },
          default: { schema: { $ref: 'common.json#/definitions/Failure' } },
        },
      },
    },
    '/secrets/{name}/versions': { get: { parameters: [], responses: { 200: {} } } },
    '/secrets': {
      get: {
        parameters: [{ name: 'maxresults', in: 'query', type: 'integer', format: 'int32', maximum: 25 }],
        responses: { 200: {} },
      },
      put: {
        parameters: [{ name: 'body', in: 'body', required: true, schema: { $ref: '#/definitions/Secret' } }],
        responses: { 200: { schema: { $ref: '#/definitions/Secret' } } },
      },
    },
  },
  definitions: {
    Secret: {
      required: ['value'],
      properties: { value: { type: 'string' }, exp: { type: 'integer', format: 'unixtime' } },
    },
  },
}

const common = {
  parameters: { ApiVersion: { name: 'api-version', in: 'query', required: true, type: 'string' } },
  definitions: { Failure: { required: ['error'], properties: { error: { type: 'object', 'x-nullable': true } } } },
}

const openApi = {
  openapi: '3.0.3',
  servers: [{ url: '/v1.0' }],
  paths: {
    "/applications(appId='{appId}')": {
      parameters: [{ name: 'appId', in: 'path', required: true, schema: { type: 'string' } }],
      patch: {
        requestBody: {
          required: true,
          content: { 'application/json': { schema: { $ref: '#/components/schemas/Application' } } },
        },
        responses: {
          201: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Application' } } } },
          204: {},
        },
      },
    },
  },
  components: {
    schemas: {
      Application: {
        type: 'object',
        additionalProperties: false,
        properties: { name: { type: 'string', nullable: true }, at: { type: 'string', format: 'date-time' } },
      },
    },
  },
}

let folder: string
let secrets: readonly Operation[]
let graph: readonly Operation[]

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'descriptions-'))
  const files = { 'secrets.json': swagger, 'common.json': common, 'graph.json': openApi }
  await Promise.all(Object.entries(files).map(([name, file]) => writeFile(join(folder, name), JSON.stringify(file))))
  secrets = listOperations(await readDocuments(folder, 'secrets.json'), 'secrets.json')
  graph = listOperations(await readDocuments(folder, 'graph.json'), 'graph.json')
})

afterAll(() => rm(folder, { recursive: true }))

function validate(operations: readonly Operation[], exchange: Partial<RecordedExchange> & { readonly path: string }) {
  const { path, method = 'GET' } = exchange
  const operation = findOperation(operations, method, path.split('?')[0] ?? '')
  if (operation === undefined) return 'no operation'
  const recorded: RecordedExchange = {
    service: '',
    route: '',
    method,
    url: `https://host${path}`,
    requestHeaders: {},
    requestBody: '',
    status: 200,
    responseHeaders: {},
    responseBody: '',
    ...exchange,
  }
  return validateExchange(operation, recorded, path.split('?')[0] ?? '').map(({ at }) => at)
}

describe('adaptSchema', () => {
  test('admits null where a description calls a value nullable', () => {
    expect(adaptSchema({ type: 'string', nullable: true })).toEqual({ anyOf: [{ type: 'string' }, { type: 'null' }] })
  })

  test('lets a reference stand alone', () => {
    expect(adaptSchema({ $ref: '#/a', readOnly: true, type: 'string' })).toEqual({ $ref: '#/a' })
  })

  test('opens an enumeration only where the service may add to it', () => {
    expect(adaptSchema({ enum: ['a'], 'x-ms-enum': { modelAsString: true } })).toEqual({})
    expect(adaptSchema({ enum: ['a'] })).toEqual({ enum: ['a'] })
  })

  test('closes what is described, and not the parts that it is put together from', () => {
    const base = { properties: { id: {} } }
    expect(adaptSchema({ schema: { allOf: [base] }, properties: { nullable: {}, free: { type: 'object' } } })).toEqual({
      schema: { allOf: [base], unevaluatedProperties: false },
      properties: { nullable: {}, free: { type: 'object' } },
    })
    expect(adaptSchema({ items: { $ref: '#/a' } })).toEqual({ items: { $ref: '#/a', unevaluatedProperties: false } })
  })
})

describe('an exchange with a Swagger 2 description', () => {
  test('is of the most literal operation that fits, and a parameter may be empty', () => {
    expect(findOperation(secrets, 'GET', '/secrets/abc/versions')?.name).toBe('GET /secrets/{name}/versions')
    expect(findOperation(secrets, 'GET', '/secrets/abc/')?.name).toBe('GET /secrets/{name}/{version}')
    expect(findOperation(secrets, 'DELETE', '/secrets/abc/')).toBeUndefined()
  })

  test('agrees when parameters and bodies fit', () => {
    expect(
      validate(secrets, { path: '/secrets/abc/1?api-version=7.5', responseBody: '{"value":"v","exp":1900000000}' }),
    ).toEqual([])
    expect(validate(secrets, { path: '/secrets?maxresults=25' })).toEqual([])
  })

  test('differs where a parameter is missing, unknown, or breaks its schema', () => {
    const responseBody = '{"value":"v"}'
    expect(validate(secrets, { path: '/secrets/abc/1', responseBody })).toEqual(['query api-version'])
    expect(validate(secrets, { path: '/secrets/a-b/1?api-version=7.5', responseBody })).toEqual(['path name'])
    expect(validate(secrets, { path: '/secrets?maxresults=26&more=1' })).toEqual(['query maxresults', 'query more'])
  })

  test('differs where a body breaks its schema, is missing, or should not be there', () => {
    const responseBody = '{"value":"v"}'
    expect(validate(secrets, { path: '/secrets', method: 'PUT', responseBody })).toEqual(['request body'])
    expect(validate(secrets, { path: '/secrets', method: 'PUT', requestBody: '{"value":1}', responseBody })).toEqual([
      'request body/value',
    ])
    expect(validate(secrets, { path: '/secrets', requestBody: '{}', responseBody })).toEqual([
      'request body',
      'response body',
    ])
    expect(
      validate(secrets, { path: '/secrets/abc/1?api-version=7.5', responseBody: '{"value":"v","exp":"soon"}' }),
    ).toEqual(['response body/exp'])
    expect(validate(secrets, { path: '/secrets/abc/1?api-version=7.5', responseBody: 'text' })).toEqual([
      'response body',
    ])
  })

  test('differs where a body has what nobody described', () => {
    const path = '/secrets/abc/1?api-version=7.5'
    expect(validate(secrets, { path, responseBody: '{"value":"v","expires":1}' })).toEqual(['response body'])
  })

  test('takes the default answer for refusals only', () => {
    const path = '/secrets/abc/1?api-version=7.5'
    expect(validate(secrets, { path, status: 404, responseBody: '{"error":null}' })).toEqual([])
    expect(validate(secrets, { path, status: 404, responseBody: '{}' })).toEqual(['response body'])
    expect(validate(secrets, { path, status: 201, responseBody: '{"value":"v"}' })).toEqual(['status'])
    expect(validate(secrets, { path: '/secrets', status: 404 })).toEqual(['status'])
  })
})

describe('an exchange with an OpenAPI 3 description', () => {
  const path = "/v1.0/applications(appId='1')"

  test('agrees when its body fits, null included', () => {
    const requestBody = '{"name":null,"at":"2026-01-01T00:00:00Z"}'
    expect(validate(graph, { path, method: 'PATCH', requestBody, status: 204 })).toEqual([])
  })

  test('differs where a field is unknown or of the wrong form', () => {
    const requestBody = '{"nome":"a","at":"soon"}'
    expect(validate(graph, { path, method: 'PATCH', requestBody, status: 204 })).toEqual([
      'request body',
      'request body/at',
    ])
    expect(validate(graph, { path, method: 'PATCH', requestBody: '{}', status: 200 })).toEqual([
      'status',
      'response body',
    ])
  })

  test('is none below another prefix', () => {
    expect(validate(graph, { path: "/beta/applications(appId='1')", method: 'PATCH' })).toBe('no operation')
  })
})
