import { z } from 'zod'
import { badParameter } from './errors.ts'

const VALUE_LIMIT_BYTES = 25 * 1024
const TAG_LIMIT = 15
const TAG_LENGTH_LIMIT = 256

const unixSeconds = z.int().nonnegative().nullish()

const metadata = {
  contentType: z.string().max(255).nullish(),
  tags: z.record(z.string(), z.string()).nullish(),
  attributes: z
    .looseObject({
      enabled: z.boolean().nullish(),
      nbf: unixSeconds,
      exp: unixSeconds,
    })
    .nullish(),
}

const updateBody = z.looseObject(metadata)

const setBody = z.looseObject({ ...metadata, value: z.string() })

export type SecretMetadata = z.infer<typeof updateBody>

function parseBody<T>(schema: z.ZodType<T>, body: Buffer): T {
  let json: unknown
  try {
    json = JSON.parse(body.toString())
  } catch {
    throw badParameter('The request body is not valid JSON.')
  }
  const result = schema.safeParse(json)
  if (result.success) return result.data
  const issue = result.error.issues[0]
  throw badParameter(`Property ${issue?.path.join('.') ?? ''} has invalid value\r\n`)
}

function checkTags(tags: SecretMetadata['tags']): void {
  const entries = Object.entries(tags ?? {})
  if (entries.length > TAG_LIMIT) throw badParameter(`The number of tags cannot exceed ${TAG_LIMIT}.`)
  if (entries.some(([name, value]) => name.length > TAG_LENGTH_LIMIT || value.length > TAG_LENGTH_LIMIT)) {
    throw badParameter(`Tag names and values cannot exceed ${TAG_LENGTH_LIMIT} characters.`)
  }
}

/** Reads the body of a set; throws what the service would refuse. */
export function parseSetBody(body: Buffer): z.infer<typeof setBody> {
  const parameters = parseBody(setBody, body)
  if (parameters.value === '') throw badParameter('Property value has invalid value\r\n')
  if (Buffer.byteLength(parameters.value) > VALUE_LIMIT_BYTES) {
    throw badParameter(`The secret value is too long: it cannot exceed ${VALUE_LIMIT_BYTES} bytes.`)
  }
  checkTags(parameters.tags)
  return parameters
}

/** Reads the body of an update, which cannot change the value. */
export function parseUpdateBody(body: Buffer): SecretMetadata {
  const parameters = parseBody(updateBody, body)
  checkTags(parameters.tags)
  return parameters
}
