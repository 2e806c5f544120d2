import type { Answer, Options, Send } from '../workspace-client.ts'

type Body = Readonly<Record<string, unknown>>
type Query = Readonly<Record<string, string>>

export interface SecretCalls {
  post(call: string, body: Body, options?: Options): Promise<Answer>
  get(call: string, query?: Query, options?: Options): Promise<Answer>
}

/** Calls below `/api/2.0/secrets/`. */
export function createSecretCalls(send: Send): SecretCalls {
  const path = (call: string): string => `/api/2.0/secrets/${call}`
  return {
    post: (call, body, options = {}) => send('POST', path(call), { ...options, body }),
    get: (call, query = {}, options = {}) => send('GET', `${path(call)}?${new URLSearchParams(query)}`, options),
  }
}

/** What a refusal is told apart by. */
export function refusal(status: number, code: string, message: unknown): Body {
  return { status, body: { error_code: code, message } }
}
