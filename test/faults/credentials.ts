import { setTimeout as sleep } from 'node:timers/promises'
import { QueueServiceClient } from '@azure/storage-queue'
import { expect } from 'vitest'
import type { CloudControl } from '../../local/cloud/control.ts'
import type { Pipeline } from '../../local/pipeline.ts'
import { FUNCTION_KEY, type Stack } from '../../local/stack.ts'
import { QUEUES } from '../../src/platform/storage-names.ts'
import type { CredentialView } from '../../src/rotation/view.ts'
import { VAULT } from '../support/onboarding-request.ts'
import { listVersionsInside } from './inside.ts'
import { createManagedTokenRequest, createTokenRequest } from './requests.ts'

/**
 * A token of an application that Steward's identity acts as; one of a principal that Databricks manages, with a copy in a
 * scope; a client secret.
 */
export const FLAVOURS = ['federated', 'managed', 'client-secret'] as const

export type Flavour = (typeof FLAVOURS)[number]

/** A credential that Steward keeps for one of these tests. */
export interface KeptCredential {
  readonly flavour: Flavour
  /** Of its onboarding. */
  readonly name: string
  readonly secretName: string
  readonly clientId: string
  /** Comment of the token, or display name of the client secret. */
  readonly mark: string
  /** Below `/api`. */
  readonly path: string
}

const REQUESTS: Readonly<Record<Flavour, (name: string) => unknown>> = {
  federated: createTokenRequest,
  managed: createManagedTokenRequest,
  'client-secret': (name) => ({
    name,
    servicePrincipal: { kind: 'entra', displayName: name },
    clientSecret: { vault: VAULT, secretName: `${name}-token`, lifetimeDays: 90 },
  }),
}

/** Onboards one principal, which has one credential. */
export async function onboardCredential(pipeline: Pipeline, flavour: Flavour, name: string): Promise<KeptCredential> {
  const view = await pipeline.onboard(REQUESTS[flavour](name))
  expect([name, view.status, view.problem]).toEqual([name, 'succeeded', null])
  const secretName = `${name}-token`
  const path = `/api/credentials/kv-team/${secretName}`
  const { clientId } = await look(pipeline, { path })
  if (clientId === null) throw new Error(`${secretName} names no client id`)
  return { flavour, name, secretName, clientId, path, mark: `steward/prod/${new URL(VAULT).hostname}/${secretName}` }
}

/** What Steward's API says of it. */
export async function look(pipeline: Pipeline, { path }: Pick<KeptCredential, 'path'>): Promise<CredentialView> {
  const { status, body } = await pipeline.call<CredentialView>('GET', path)
  if (status !== 200) throw new Error(`GET ${path} answered ${status}: ${JSON.stringify(body)}`)
  return body
}

/** Asks for a rotation without grace, so that what is replaced is retired right behind it. */
export async function askForRotation(pipeline: Pipeline, { path }: KeptCredential): Promise<void> {
  const { status, body } = await pipeline.call('POST', `${path}/rotations`, { graceHours: 0 })
  if (status !== 202) throw new Error(`POST ${path}/rotations answered ${status}: ${JSON.stringify(body)}`)
}

/** Fires the timer now, as an operator may; its work is what comes of it. */
export async function fireTimer(baseUrl: string): Promise<void> {
  const answer = await fetch(new URL('/admin/functions/rotate-credentials', baseUrl), {
    method: 'POST',
    headers: { 'x-functions-key': FUNCTION_KEY, 'content-type': 'application/json' },
    body: '{}',
  })
  if (answer.status !== 202) throw new Error(`the timer answered ${answer.status}`)
}

/** Near expiry, as Key Vault tells it through Event Grid. */
export async function sendHint(
  baseUrl: string,
  { secretName }: Pick<KeptCredential, 'secretName'>,
  schema: 'event-grid' | 'cloud-event' = 'event-grid',
): Promise<void> {
  const data = { VaultName: 'kv-team', ObjectType: 'Secret', ObjectName: secretName, Version: 'f'.repeat(32) }
  const type = 'Microsoft.KeyVault.SecretNearExpiry'
  const event =
    schema === 'event-grid'
      ? { id: secretName, topic: '/', subject: secretName, eventType: type, eventTime: '2026-01-01T00:00:00Z', data }
      : {
          id: secretName,
          source: '/',
          subject: secretName,
          type,
          time: '2026-01-01T00:00:00Z',
          specversion: '1.0',
          data,
        }
  const url = new URL('/runtime/webhooks/eventgrid?functionName=on-secret-near-expiry', baseUrl)
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'x-functions-key': FUNCTION_KEY, 'aeg-event-type': 'Notification', 'content-type': 'application/json' },
    body: JSON.stringify(schema === 'event-grid' ? [event] : event),
  })
  if (!answer.ok) throw new Error(`the event was answered ${answer.status}: ${await answer.text()}`)
}

const MINUTE_MS = 60_000

/** Moves the clock past the age at which an orphan is swept, and has every credential looked at. */
export async function sweepAll(
  { control }: Stack,
  baseUrl: string,
  credentials: readonly KeptCredential[],
): Promise<void> {
  await control.advanceClock(2 * MINUTE_MS)
  await Promise.all(credentials.map((credential) => sendHint(baseUrl, credential)))
}

/** Repeats the check until it holds; what it complained of last is the failure. */
export async function eventually(check: () => Promise<void>, withinMs = 60_000): Promise<void> {
  const end = performance.now() + withinMs
  for (;;) {
    try {
      return await check()
    } catch (error) {
      if (performance.now() > end) throw error
    }
    await sleep(300)
  }
}

/** Which version of it a reader of its name gets. */
export type Turn = ReadonlyMap<string, string>

/** What each credential holds now. */
export async function readTurn(control: CloudControl, credentials: readonly KeptCredential[]): Promise<Turn> {
  const versions = await listVersionsInside(control)
  return new Map(credentials.map(({ secretName }) => [secretName, versions.get(secretName)?.at(-1)?.version ?? '']))
}

/** Until each has been replaced and what was replaced is retired; looks from the inside, where no fault is in force. */
export function waitForTurn(control: CloudControl, before: Turn, withinMs?: number): Promise<void> {
  return eventually(async () => {
    const versions = await listVersionsInside(control)
    for (const [secretName, old] of before) {
      const current = versions.get(secretName)?.at(-1)
      const scope = current?.tags['steward-scope'] ?? ''
      expect([
        secretName,
        current?.version === old,
        current?.tags['steward-previous'],
        scope.startsWith('pending'),
      ]).toEqual([secretName, false, undefined, false])
    }
  }, withinMs)
}

/** Until nothing is to be done any more, not even later. */
export function waitForEmptyQueue({ connectionString }: Stack, withinMs?: number): Promise<void> {
  const queue = QueueServiceClient.fromConnectionString(connectionString).getQueueClient(QUEUES.rotations)
  return eventually(async () => {
    expect((await queue.getProperties()).approximateMessagesCount).toBe(0)
  }, withinMs)
}
