import { setTimeout as sleep } from 'node:timers/promises'
import type { OnboardingView } from '../src/onboarding/view.ts'
import { FUNCTION_KEY } from './stack.ts'

/** An answer of Steward's HTTP API. */
export interface ApiAnswer<T = unknown> {
  readonly status: number
  readonly headers: Headers
  readonly body: T
}

/** Calls Steward as a pipeline does: over HTTP, with a function key. */
export interface Pipeline {
  call<T = unknown>(
    method: string,
    path: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
  ): Promise<ApiAnswer<T>>
  /** Starts an onboarding and follows it to its end. */
  onboard(body: unknown, onProgress?: (view: OnboardingView) => void): Promise<OnboardingView>
  /** Starts an offboarding and follows it to its end. */
  offboard(body: unknown, onProgress?: (view: OnboardingView) => void): Promise<OnboardingView>
  /** Follows an onboarding to its end. Throws when it takes longer. */
  follow(location: string, onProgress?: (view: OnboardingView) => void, withinMs?: number): Promise<OnboardingView>
}

const POLL_MS = 100

export function createPipeline(baseUrl: string, key = FUNCTION_KEY): Pipeline {
  const call: Pipeline['call'] = async <T>(method: string, path: string, body?: unknown, headers = {}) => {
    const response = await fetch(new URL(path, baseUrl), {
      method,
      headers: { 'x-functions-key': key, 'content-type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const text = await response.text()
    return { status: response.status, headers: response.headers, body: (text === '' ? null : JSON.parse(text)) as T }
  }
  const follow: Pipeline['follow'] = async (location, onProgress, withinMs = 120_000) => {
    const end = performance.now() + withinMs
    for (;;) {
      const { status, body } = await call<OnboardingView>('GET', location)
      if (status !== 200) throw new Error(`${location} answered ${status}: ${JSON.stringify(body)}`)
      onProgress?.(body)
      if (body.status === 'succeeded' || body.status === 'failed') return body
      if (performance.now() > end) throw new Error(`${location} has not ended: ${JSON.stringify(body)}`)
      await sleep(POLL_MS)
    }
  }
  const startAndFollow =
    (path: string) =>
    async (body: unknown, onProgress?: (view: OnboardingView) => void): Promise<OnboardingView> => {
      const accepted = await call<OnboardingView>('POST', path, body)
      const location = accepted.headers.get('location')
      if (accepted.status !== 202 || location === null) {
        throw new Error(`POST ${path} answered ${accepted.status}: ${JSON.stringify(accepted.body)}`)
      }
      return follow(location, onProgress)
    }
  return {
    call,
    follow,
    onboard: startAndFollow('/api/onboardings'),
    offboard: startAndFollow('/api/offboardings'),
  }
}
