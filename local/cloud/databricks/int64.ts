/** What Node has (https://tc39.es/proposal-json-parse-with-source) and TypeScript's library does not declare yet. */
interface JsonWithSource {
  rawJSON(text: string): unknown
  parse(text: string, reviver: (key: string, value: unknown, context: { readonly source?: string }) => unknown): unknown
}

const json = JSON as unknown as JsonWithSource

/** A decimal number beyond what a double holds, as JSON sends it: a number, every digit of it. */
export function toJsonNumber(digits: string): unknown {
  return json.rawJSON(digits)
}

/** JSON whose integers keep their digits: those that a double cannot hold come as `bigint`. */
export function parseExactly(text: string): unknown {
  return json.parse(text, (_, value, { source }) =>
    typeof value === 'number' && !Number.isSafeInteger(value) && source !== undefined && /^-?\d+$/.test(source)
      ? BigInt(source)
      : value,
  )
}
