import { setTimeout as sleep } from 'node:timers/promises'
import type { OnboardingView } from '../../src/onboarding/view.ts'
import type { CredentialView } from '../../src/rotation/view.ts'
import { createConsumer } from '../consumer.ts'
import { fireTimer } from '../fire-timer.ts'
import type { Pipeline } from '../pipeline.ts'
import type { Stack } from '../stack.ts'
import type { ClaimBook } from './claims.ts'
import type { DemoRequest } from './request.ts'
import type { Teller } from './teller.ts'

const DAY_MS = 24 * 60 * 60 * 1000
/** Nothing in the demo takes longer. */
const PATIENCE_MS = 30_000

export interface RotationDemo {
  readonly stack: Stack
  readonly book: ClaimBook
  readonly teller: Teller
  readonly pipeline: Pipeline
  readonly request: DemoRequest
  readonly onboarded: OnboardingView
}

/** The life of a token: in use, replaced while it is in use, revoked after its grace. */
export async function checkRotation(demo: RotationDemo): Promise<void> {
  const { stack, book, teller, pipeline, request, onboarded } = demo
  const { vault, secretName, lifetimeDays } = request.databricks.accessToken
  const path = `/api/credentials/${new URL(vault).hostname.split('.')[0]}/${secretName}`
  const look = async (): Promise<CredentialView> => (await pipeline.call<CredentialView>('GET', path)).body
  const clientId = onboarded.result.clientId ?? ''
  const consumer = await createConsumer(stack, {
    clientId,
    clientSecret: await readClientSecret(demo),
    vaultUrl: vault,
    secretName,
    workspaceUrl: request.databricks.workspace,
  })
  const first = await consumer.readToken()
  await book.check('the first token is in the vault, and signs in as the principal', async () => {
    const { issuedBy, credentialId, expiresAt } = await look()
    const ok = (await consumer.isAccepted(first)) && issuedBy === 'federated-identity'
    return { ok, detail: `token ${credentialId?.slice(0, 8)} until ${expiresAt}, made by ${issuedBy}` }
  })

  teller.heading(`${lifetimeDays - 29} days later: the timer fires while a consumer is at work`)
  consumer.begin()
  await stack.control.advanceClock((lifetimeDays - 29) * DAY_MS)
  const before = await look()
  await fireTimer(stack.baseUrl, 'rotate-credentials')
  const rotated = await waitFor(look, ({ credentialId }) => credentialId !== before.credentialId)
  const second = await consumer.readToken()
  await book.check('the timer rotated the token, and the vault has the new one', async () => ({
    ok: before.decision.reason === 'due' && second !== first && (await consumer.isAccepted(second)),
    detail: `${before.decision.reason}: token ${before.credentialId?.slice(0, 8)} replaced by ${rotated.credentialId?.slice(0, 8)}`,
  }))
  await book.check('whoever kept the token before is still let in, for its grace', async () => ({
    ok: rotated.previous.length === 1 && (await consumer.isAccepted(first)),
    detail: `until ${rotated.previous[0]?.retireAt}`,
  }))

  teller.heading('When its grace is over')
  await stack.control.advanceClock(4 * DAY_MS)
  await fireTimer(stack.baseUrl, 'rotate-credentials')
  await waitFor(look, ({ previous }) => previous.length === 0)
  const { calls, failures } = await consumer.end()
  await book.check('whoever kept the old token is refused', async () => ({
    ok: !(await consumer.isAccepted(first)),
    detail: `token ${before.credentialId?.slice(0, 8)} is revoked`,
  }))
  await book.check('the consumer that reads the vault never failed', async () => ({
    ok: calls > 0 && failures.length === 0,
    detail: failures.length > 0 ? failures.join('; ') : `${calls} calls, each with what the vault held`,
  }))
  await book.check('the rotation plan is empty again, and the history tells why it was done', async () => {
    const { body } = await pipeline.call<{ credentials: CredentialView[] }>('GET', '/api/rotation-plan')
    const history = await pipeline.call<{ history: { action: string; reason: string }[] }>('GET', `${path}/history`)
    const told = history.body.history.map(({ action, reason }) => `${action} (${reason})`)
    return {
      ok: body.credentials.length === 2 && body.credentials.every(({ decision }) => decision.action === 'none'),
      detail: told.toReversed().join(', '),
    }
  })
}

/** The principal may read its own vault, as a consumer's administrator would have it; then it signs in with its secret. */
async function readClientSecret({ stack, request, onboarded }: RotationDemo): Promise<string> {
  const { vault, secretName } = request.clientSecret
  await stack.control.command('keyvault', 'setRole', {
    vault,
    oid: onboarded.result.servicePrincipalObjectId,
    role: 'Key Vault Secrets User',
  })
  const { values } = await stack.control.command<{ values: { vault: string; name: string; value: string }[] }>(
    'keyvault',
    'values',
  )
  const stored = values.filter((value) => vault.endsWith(value.vault) && value.name === secretName)
  return stored.at(-1)?.value ?? ''
}

async function waitFor<T>(look: () => Promise<T>, isDone: (seen: T) => boolean): Promise<T> {
  const end = performance.now() + PATIENCE_MS
  for (;;) {
    const seen = await look()
    if (isDone(seen)) return seen
    if (performance.now() > end) throw new Error(`it did not come: ${JSON.stringify(seen)}`)
    await sleep(200)
  }
}
