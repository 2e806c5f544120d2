import type { ServerResponse } from 'node:http'
import type { InvocationOutcome, RpcHttp, TypedData } from '../protocol.ts'
import { sendEmpty } from './answer.ts'
import { formatCookie } from './cookie.ts'

/** Answers a call with what its function returned: a failure is an empty 500, nothing returned an empty 204. */
export function sendFunctionAnswer(response: ServerResponse, outcome: InvocationOutcome): void {
  if (!outcome.ok) sendEmpty(response, 500)
  else if (!outcome.returnValue) sendEmpty(response, 204)
  else if (outcome.returnValue.http) sendHttp(response, outcome.returnValue.http)
  else sendPlainValue(response, outcome.returnValue)
}

/** The function's return binding is not the HTTP answer: its plain value is answered all the same. */
function sendPlainValue(response: ServerResponse, value: TypedData): void {
  response.setHeader('content-type', 'text/plain; charset=utf-8')
  sendChunked(response, getBytes(value))
}

function sendHttp(response: ServerResponse, http: RpcHttp): void {
  const body = getBytes(http.body)
  const { 'content-length': declaredLength, ...headers } = http.headers ?? {}
  response.statusCode = Number(http.statusCode ?? 200)
  const fits = declaredLength === undefined || Number(declaredLength) === body.length
  if (!fits || !trySetHeaders(response, headers)) {
    sendEmpty(response, 500)
    return
  }
  const cookies = (http.cookies ?? []).map(formatCookie)
  if (cookies.length > 0) response.appendHeader('set-cookie', cookies)
  sendChunked(response, body)
}

function trySetHeaders(response: ServerResponse, headers: Readonly<Record<string, string>>): boolean {
  try {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
    return true
  } catch {
    return false
  }
}

/** Answers of functions carry no content-length on a real host. */
function sendChunked(response: ServerResponse, body: Uint8Array): void {
  const hasBody = ![204, 205, 304].includes(response.statusCode)
  if (hasBody) response.setHeader('transfer-encoding', 'chunked')
  response.end(hasBody && body.length > 0 ? body : undefined)
}

function getBytes(data: TypedData | undefined): Uint8Array {
  if (data?.bytes) return data.bytes
  return Buffer.from(String(data?.string ?? data?.json ?? data?.int ?? data?.double ?? ''))
}
