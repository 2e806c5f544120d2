import { z } from 'zod'

/** What Node has (https://tc39.es/proposal-json-parse-with-source) and TypeScript's library does not declare yet. */
interface JsonWithSource {
  rawJSON(text: string): unknown
  parse(text: string, reviver: (key: string, value: unknown, context: { readonly source?: string }) => unknown): unknown
}

const json = JSON as unknown as JsonWithSource

/** 64 bits have 19 digits, 20 without a sign. */
const INTEGER = /^-?\d{1,20}$/

/** As `JSON.parse`, but integers that a double cannot hold come as `bigint`, with every digit. */
export function parseExactly(text: string): unknown {
  return json.parse(text, (_, value, { source }) =>
    typeof value === 'number' && !Number.isSafeInteger(value) && source !== undefined && INTEGER.test(source)
      ? BigInt(source)
      : value,
  )
}

/** An id that a service writes as a number: text everywhere in Steward, for it may exceed 2^53. */
export const int64Id = z
  .union([z.int().nonnegative(), z.bigint().nonnegative(), z.string().regex(/^\d{1,20}$/)])
  .transform(String)

/** An id as a service wants it in JSON: a number, every digit of it. */
export function toJsonNumber(id: string): unknown {
  if (!/^\d{1,20}$/.test(id)) throw new TypeError('an id that goes out as a number has only digits')
  return json.rawJSON(BigInt(id).toString())
}
