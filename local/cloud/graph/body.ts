import { z } from 'zod'
import type { CloudRequest } from '../service.ts'
import { badRequest } from './errors.ts'

/** Parses a JSON object sent as such; whatever else is Graph's plain `BadRequest`. */
export function readJson({ headers, body }: CloudRequest): Readonly<Record<string, unknown>> {
  if (headers['content-type']?.split(';')[0]?.trim().toLowerCase() !== 'application/json') {
    throw badRequest(
      'Write requests (excluding DELETE) must contain the Content-Type header declaration.',
      'BadRequest',
    )
  }
  if (body.length === 0) throw badRequest('Empty Payload. JSON content expected.', 'BadRequest')
  try {
    return z.record(z.string(), z.unknown()).parse(JSON.parse(body.toString()))
  } catch {
    throw badRequest(
      'Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.',
      'BadRequest',
    )
  }
}

/** Parses by a strict schema; a misfit names the first property that Graph would stumble over. */
export function parseProperties<T>(schema: z.ZodType<T>, json: unknown, resource: string): T {
  const result = schema.safeParse(json)
  if (result.success) return result.data
  const unknown = result.error.issues.find((issue) => issue.code === 'unrecognized_keys')
  if (unknown !== undefined) throw badRequest(`Invalid property '${unknown.keys[0]}'.`)
  const path = result.error.issues[0]?.path.join('.') ?? ''
  throw badRequest(`Invalid value specified for property '${path}' of resource '${resource}'.`)
}

/** Throws when a property is sent that only Graph itself may set. */
export function refuseReadOnly(json: Readonly<Record<string, unknown>>, readOnly: readonly string[]): void {
  const sent = readOnly.find((property) => property in json)
  if (sent !== undefined) throw badRequest(`Property '${sent}' is read-only and cannot be set.`)
}

export function requireProperty(value: unknown, property: string, resource: string): void {
  if (value === undefined || value === null || value === '') {
    throw badRequest(`A value is required for property '${property}' of resource '${resource}'.`)
  }
}

/** Whether the request asks for an upsert: without it a PATCH only changes what is there. */
export function prefersCreate({ headers }: CloudRequest): boolean {
  const { prefer } = headers
  return typeof prefer === 'string' && prefer.split(',').some((part) => part.trim() === 'create-if-missing')
}
