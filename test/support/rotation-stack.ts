import { setTimeout as sleep } from 'node:timers/promises'
import { createConsumer } from '../../local/consumer.ts'
import { fireTimer } from '../../local/fire-timer.ts'
import { createPipeline, type Pipeline } from '../../local/pipeline.ts'
import { type Stack, type StackOptions, startStack } from '../../local/stack.ts'
import type { HistoryEntry } from '../../src/rotation/status.ts'
import type { CredentialView } from '../../src/rotation/view.ts'
import { VAULT, WORKSPACE } from './onboarding-request.ts'

export const DAY_MS = 24 * 60 * 60 * 1000
export const HOUR_MS = 60 * 60 * 1000
const PATIENCE_MS = 20_000

/** A token of the pretend workspace, without its value. */
export interface LocalToken {
  readonly tokenId: string
  readonly applicationId: string
  readonly comment: string | null
  readonly state: 'active' | 'revoked' | 'expired' | 'idle'
}

/** A stack whose credentials are driven by hand: the timer is fired, the clock is moved. */
export interface RotationStack {
  readonly stack: Stack
  readonly pipeline: Pipeline
  pathOf(secretName: string): string
  get(secretName: string): Promise<CredentialView>
  history(secretName: string): Promise<HistoryEntry[]>
  /** Waits until the credential is as wished, firing nothing. */
  waitFor(secretName: string, isDone: (view: CredentialView) => boolean): Promise<CredentialView>
  /** Fires the timer and waits until its run is over. */
  fireTimer(): Promise<void>
  /** Fires the timer and waits for what comes of it. */
  rotateUntil(secretName: string, isDone: (view: CredentialView) => boolean): Promise<CredentialView>
  tokens(applicationId: string): Promise<LocalToken[]>
  /** The value that a reader of the vault gets. */
  valueOf(secretName: string): Promise<string>
  /** Whether the workspace lets the token in, as the principal. */
  isAccepted(token: string, applicationId: string): Promise<boolean>
  /** Lines that the app logged with this event. */
  logged(event: string): Record<string, unknown>[]
}

export async function startRotationStack(options: StackOptions = {}): Promise<RotationStack> {
  const stack = await startStack({ hostFlags: ['--poll-max-ms', '100'], ...options })
  const pipeline = createPipeline(stack.baseUrl)
  const pathOf = (secretName: string): string => `/api/credentials/kv-team/${secretName}`
  const get = async (secretName: string): Promise<CredentialView> => {
    const { status, body } = await pipeline.call<CredentialView>('GET', pathOf(secretName))
    if (status !== 200) throw new Error(`${secretName}: ${status} ${JSON.stringify(body)}`)
    return body
  }
  const logged = (event: string) =>
    stack.output().flatMap((line) => {
      const json = line.slice(line.indexOf('{"event":'))
      return json.startsWith(`{"event":"${event}"`) ? [JSON.parse(json) as Record<string, unknown>] : []
    })
  const waitFor = async (secretName: string, isDone: (view: CredentialView) => boolean) => {
    const end = performance.now() + PATIENCE_MS
    for (;;) {
      const view = await get(secretName)
      if (isDone(view)) return view
      if (performance.now() > end) throw new Error(`it did not come: ${JSON.stringify(view)}`)
      await sleep(100)
    }
  }
  const fire = async (): Promise<void> => {
    const before = logged('credentials-scanned').length
    await fireTimer(stack.baseUrl, 'rotate-credentials')
    const end = performance.now() + PATIENCE_MS
    while (logged('credentials-scanned').length === before) {
      if (performance.now() > end) throw new Error('the timer did not run')
      await sleep(50)
    }
  }
  return {
    stack,
    pipeline,
    pathOf,
    get,
    logged,
    waitFor,
    fireTimer: fire,
    history: async (secretName) =>
      (await pipeline.call<{ history: HistoryEntry[] }>('GET', `${pathOf(secretName)}/history`)).body.history,
    rotateUntil: async (secretName, isDone) => {
      await fire()
      return waitFor(secretName, isDone)
    },
    tokens: async (applicationId) =>
      (await stack.control.command<{ tokens: LocalToken[] }>('databricks', 'tokens', { applicationId })).tokens,
    valueOf: async (secretName) => {
      const { values } = await stack.control.command<{ values: { vault: string; name: string; value: string }[] }>(
        'keyvault',
        'values',
      )
      const stored = values.filter(({ vault, name }) => VAULT.endsWith(vault) && name === secretName)
      return stored.at(-1)?.value ?? ''
    },
    isAccepted: async (token, applicationId) => {
      const consumer = await createConsumer(stack, {
        clientId: applicationId,
        clientSecret: '',
        vaultUrl: VAULT,
        secretName: '',
        workspaceUrl: WORKSPACE,
      })
      return consumer.isAccepted(token)
    },
  }
}

/** A request for a token of a Microsoft Entra principal, under names of its own so that tests do not meet. */
export function createTokenRequest(name: string, accessToken: Readonly<Record<string, unknown>> = {}) {
  return {
    name,
    servicePrincipal: { kind: 'entra', displayName: name },
    databricks: {
      workspace: WORKSPACE,
      entitlements: ['workspace-access'],
      accessToken: { vault: VAULT, secretName: `${name}-token`, ...accessToken },
    },
  }
}
