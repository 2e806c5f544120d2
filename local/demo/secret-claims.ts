import type { OnboardingView } from '../../src/onboarding/view.ts'
import { listCanaries } from '../inspection.ts'
import { createOutsider } from '../outsider.ts'
import type { Stack } from '../stack.ts'
import type { ClaimBook } from './claims.ts'
import type { DemoRequest } from './request.ts'

/** The secret works for whoever reads the vault, and is nowhere else. */
export async function checkSecret(
  { cloud, control, output }: Stack,
  book: ClaimBook,
  { clientSecret }: DemoRequest,
  { result }: OnboardingView,
): Promise<void> {
  const outsider = await createOutsider(cloud)
  const canaries = await listCanaries(control)
  await book.check('a consumer that reads the vault signs in as the principal', async () => {
    const { values } = await control.command<{ values: { vault: string; name: string; value: string }[] }>(
      'keyvault',
      'values',
    )
    const stored = values.filter(
      ({ vault, name }) => clientSecret.vault.endsWith(vault) && name === clientSecret.secretName,
    )
    const token = await outsider.signIn(
      result.clientId ?? '',
      stored.at(-1)?.value ?? '',
      'https://graph.microsoft.com',
    )
    return {
      ok: stored.length === 1 && token !== null,
      detail: `${stored.length} version of ${clientSecret.secretName}`,
    }
  })
  await book.check('no secret is in anything the app or its host printed, nor in its answer', async () => {
    const printed = [...output(), JSON.stringify(result)]
    const leaks = canaries.filter((canary) => printed.some((line) => line.includes(canary)))
    return {
      ok: canaries.length > 0 && leaks.length === 0,
      detail: `${canaries.length} secrets looked for in ${printed.length} lines`,
    }
  })
}
