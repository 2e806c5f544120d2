import { readFile } from 'node:fs/promises'
import { createClaimBook } from '../../../../local/demo/claims.ts'
import { runScenario } from '../../../../local/demo/scenario.ts'
import { createTeller } from '../../../../local/demo/teller.ts'
import { createPipeline } from '../../../../local/pipeline.ts'
import type { Stack } from '../../../../local/stack.ts'

/** What the product itself sends: the demo, a principal that Databricks manages, and one app registration adopted. */
export async function runOnboardings(stack: Stack): Promise<void> {
  const request = JSON.parse(await readFile(new URL('../../../../examples/onboarding.json', import.meta.url), 'utf8'))
  const book = createClaimBook(() => undefined)
  await runScenario({ stack, book, teller: createTeller(() => undefined), request })
  const untrue = book.claims.find(({ ok }) => !ok)
  if (untrue !== undefined) throw new Error(`the demo does not hold: ${untrue.claim} (${untrue.detail})`)

  // Scope and job are those of the one onboarding that they are named for.
  const { secretScope: _, job: __, ...membership } = request.databricks
  const [sharedVault = ''] = stack.cloud.settings.vaults
  // The example's vault is dedicated to it.
  const accessToken = { ...membership.accessToken, vault: `https://${sharedVault}`, secretName: 'reports-token' }
  const managed = {
    name: 'reports',
    servicePrincipal: { kind: 'databricks', displayName: 'reports' },
    databricks: { ...membership, accessToken },
  }
  const foreign = await stack.control.command<{ appId: string }>('graph', 'createApplication', {
    displayName: 'made-by-others',
    owners: [stack.cloud.settings.identity.objectId],
  })
  const adopted = {
    name: 'adopted',
    servicePrincipal: { kind: 'entra', displayName: 'made-by-others', clientId: foreign.appId, adopt: true },
    clientSecret: { vault: `https://${sharedVault}`, secretName: 'adopted-secret' },
  }
  const pipeline = createPipeline(stack.baseUrl)
  for (const body of [managed, managed, adopted]) {
    const { status, steps } = await pipeline.onboard(body)
    if (status !== 'succeeded') throw new Error(`the onboarding ${body.name} ${status}: ${JSON.stringify(steps)}`)
  }
}
