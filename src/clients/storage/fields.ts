type Field = string | number | boolean | Date

export type Fields = Readonly<Record<string, Field>>

/** A column holds 32 768 characters. */
const MAX_COLUMN_LENGTH = 30_000
const CONTINUATION = /^(.+)__(\d+)$/

/** Column name to what the table SDK writes. */
export type Columns = Record<string, string | boolean | Date | { type: 'Double'; value: number }>

/** Long text is spread over `name`, `name__1`, `name__2`...; numbers are doubles, all of them: what looks whole may not fit 32 bits. */
export function toColumns(fields: Fields): Columns {
  const columns: Columns = {}
  for (const [name, field] of Object.entries(fields)) {
    if (CONTINUATION.test(name)) throw new TypeError(`a field cannot be called ${name}`)
    if (typeof field === 'number') columns[name] = { type: 'Double', value: field }
    else if (typeof field !== 'string') columns[name] = field
    else {
      for (const [index, part] of split(field).entries()) columns[index === 0 ? name : `${name}__${index}`] = part
    }
  }
  return columns
}

function split(text: string): string[] {
  const parts: string[] = []
  let start = 0
  while (text.length - start > MAX_COLUMN_LENGTH) {
    const last = text.charCodeAt(start + MAX_COLUMN_LENGTH - 1)
    // Half of a pair would not survive the way through UTF-8.
    const isHalfOfPair = last >= 0xd800 && last <= 0xdbff
    const end = start + MAX_COLUMN_LENGTH - (isHalfOfPair ? 1 : 0)
    parts.push(text.slice(start, end))
    start = end
  }
  return [...parts, text.slice(start)]
}

/** Puts spread text together again; leaves out what is not a field of ours (a row's own keys, tag and time). */
export function fromColumns(entity: Readonly<Record<string, unknown>>): Fields {
  const fields: Record<string, Field> = {}
  for (const [name, value] of Object.entries(entity)) {
    if (CONTINUATION.test(name) || ROW_OWN.has(name) || !isField(value)) continue
    fields[name] = typeof value === 'string' ? join(entity, name, value) : value
  }
  return fields
}

const ROW_OWN: ReadonlySet<string> = new Set(['partitionKey', 'rowKey', 'etag', 'timestamp', 'odata.metadata'])

function isField(value: unknown): value is Field {
  return ['string', 'number', 'boolean'].includes(typeof value) || value instanceof Date
}

function join(entity: Readonly<Record<string, unknown>>, name: string, first: string): string {
  let text = first
  for (let index = 1; ; index++) {
    const part = entity[`${name}__${index}`]
    if (typeof part !== 'string') return text
    text += part
  }
}
