import type { CloudResponse } from '../../../../local/cloud/service.ts'

type Reviver = (key: string, value: unknown, context: { readonly source?: string }) => unknown

/** A body as it arrives, with the digits of numbers that a double cannot hold. */
// biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
export function readWire({ body }: Pick<CloudResponse, 'body'>): any {
  const keepDigits: Reviver = (_, value, { source }) =>
    typeof value === 'number' && !Number.isSafeInteger(value) ? source : value
  return JSON.parse(JSON.stringify(body), keepDigits as (key: string, value: unknown) => unknown)
}
