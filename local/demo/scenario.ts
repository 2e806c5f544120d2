import type { OnboardingView } from '../../src/onboarding/view.ts'
import { type Inventory, isWrite, listCanaries, takeInventory } from '../inspection.ts'
import { createOutsider } from '../outsider.ts'
import { createPipeline } from '../pipeline.ts'
import type { Stack } from '../stack.ts'
import type { ClaimBook } from './claims.ts'
import type { Teller } from './teller.ts'

export interface ScenarioOptions {
  readonly stack: Stack
  readonly book: ClaimBook
  readonly teller: Teller
  /** Body of `POST /onboardings`, for a Microsoft Entra principal with all sections. */
  readonly request: {
    readonly name: string
    readonly clientSecret: { readonly vault: string; readonly secretName: string }
    readonly databricks: {
      readonly workspace: string
      readonly entitlements: readonly string[]
      readonly groups: readonly string[]
    }
  }
}

interface DryRun {
  readonly steps: readonly { readonly step: string; readonly status: string; readonly changes: readonly unknown[] }[]
}

/** Onboards a principal as a pipeline would: dry run, apply, apply again. */
export async function runScenario({ stack, book, teller, request }: ScenarioOptions): Promise<void> {
  const { control, baseUrl } = stack
  const pipeline = createPipeline(baseUrl)
  const writesSince = async (seq: number) => (await control.requests(seq)).filter(isWrite)
  const lastSeq = async () => (await control.requests()).at(-1)?.seq ?? 0

  await book.check('the app is ready', async () => {
    const { status } = await pipeline.call('GET', '/api/health')
    return { ok: status === 200, detail: `GET ${baseUrl}/api/health answers ${status}` }
  })

  teller.heading('Dry run: POST /api/onboardings?dryRun=true')
  const beforePlan = await lastSeq()
  const plan = await pipeline.call<DryRun>('POST', '/api/onboardings?dryRun=true', request)
  for (const { step, status, changes } of plan.body.steps)
    teller.line(`${step.padEnd(20)} ${status}: ${changes.map(describeChange).join('; ')}`)
  await book.check('the plan lists what every step would do', async () => {
    const planned = plan.body.steps.filter(({ status }) => status === 'would-change')
    return { ok: plan.status === 200 && planned.length === 3, detail: `${planned.length} of 3 steps` }
  })
  await book.check('the dry run wrote nothing anywhere', async () => {
    const writes = await writesSince(beforePlan)
    return { ok: writes.length === 0, detail: `${writes.length} writes` }
  })

  teller.heading('Apply: POST /api/onboardings, then GET its Location until it ends')
  const applied = await pipeline.onboard(request, teller.progress)
  await book.check('the onboarding succeeded and every step changed something', async () => ({
    ok: applied.status === 'succeeded' && applied.steps.every(({ status }) => status === 'changed'),
    detail: applied.steps.map(({ step, status }) => `${step} ${status}`).join(', '),
  }))
  await checkInventory(book, request, applied, await takeInventory(control))
  await checkSecret(stack, book, request, applied)

  teller.heading('Apply again')
  const beforeAgain = await lastSeq()
  const again = await pipeline.onboard(request, teller.progress)
  await book.check('the second apply found everything as wished', async () => ({
    ok: again.status === 'succeeded' && again.steps.every(({ status }) => status === 'unchanged'),
    detail: again.steps.map(({ step, status }) => `${step} ${status}`).join(', '),
  }))
  await book.check('the second apply wrote nothing anywhere', async () => {
    const writes = await writesSince(beforeAgain)
    return { ok: writes.length === 0, detail: `${writes.length} writes` }
  })
  teller.heading('What now exists, and how to use it')
  for (const line of JSON.stringify(again.result, null, 2).split('\n')) teller.line(line)
}

function describeChange(change: unknown): string {
  const { action, target, reason } = change as { action: string; target: string; reason: string }
  return `${action} ${target} (${reason})`
}

async function checkInventory(
  book: ClaimBook,
  { name, databricks }: ScenarioOptions['request'],
  { result }: OnboardingView,
  inventory: Inventory,
): Promise<void> {
  await book.check('there is one application with our mark, and one service principal for it', async () => {
    const applications = inventory.applications.filter(({ uniqueName }) => uniqueName === `steward-prod-${name}`)
    const principals = inventory.servicePrincipals.filter(({ appId }) => appId === result.clientId)
    const ok = applications.length === 1 && principals.length === 1 && applications[0]?.appId === result.clientId
    return { ok, detail: `client id ${result.clientId}` }
  })
  await book.check('the workspace has the principal with its entitlements, in its groups', async () => {
    const workspace = inventory.workspaces.find((candidate) => databricks.workspace.endsWith(candidate.workspace))
    const principals = (workspace?.servicePrincipals ?? []).filter(
      ({ applicationId }) => applicationId === result.clientId,
    )
    const entitlements = principals[0]?.entitlements?.map(({ value }) => value) ?? []
    const groups = principals[0]?.groups?.map(({ display }) => display) ?? []
    const ok =
      principals.length === 1 &&
      databricks.entitlements.every((wished) => entitlements.includes(wished)) &&
      databricks.groups.every((wished) => groups.includes(wished))
    return { ok, detail: `${entitlements.join(', ')}; groups ${groups.join(', ')}` }
  })
}

async function checkSecret(
  { cloud, control, output }: Stack,
  book: ClaimBook,
  { clientSecret }: ScenarioOptions['request'],
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
