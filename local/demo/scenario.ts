import { isWrite, takeInventory } from '../inspection.ts'
import { createPipeline } from '../pipeline.ts'
import type { Stack } from '../stack.ts'
import type { ClaimBook } from './claims.ts'
import { checkInventory, findWorkspace } from './inventory-claims.ts'
import { checkRefusals } from './refusal-claims.ts'
import type { DemoRequest } from './request.ts'
import { checkRotation } from './rotation-claims.ts'
import { checkSecret } from './secret-claims.ts'
import type { Teller } from './teller.ts'

export interface ScenarioOptions {
  readonly stack: Stack
  readonly book: ClaimBook
  readonly teller: Teller
  readonly request: DemoRequest
}

interface DryRun {
  readonly steps: readonly { readonly step: string; readonly status: string; readonly changes: readonly unknown[] }[]
}

/** Onboards a principal as a pipeline would, lets a second one try its hand, and takes the first one off again. */
export async function runScenario({ stack, book, teller, request }: ScenarioOptions): Promise<void> {
  const { control, baseUrl } = stack
  const pipeline = createPipeline(baseUrl)
  const writesSince = async (seq: number) => (await control.requests(seq)).filter(isWrite)
  const lastSeq = async () => (await control.requests()).at(-1)?.seq ?? 0
  const wroteNothing = async (seq: number) => {
    const writes = await writesSince(seq)
    return { ok: writes.length === 0, detail: `${writes.length} writes` }
  }
  const dryRun = async (path: string): Promise<{ status: number; planned: number; steps: number }> => {
    const { status, body } = await pipeline.call<DryRun>('POST', `${path}?dryRun=true`, request)
    for (const { step, status: state, changes } of body.steps)
      teller.line(`${step.padEnd(20)} ${state}: ${changes.map(describeChange).join('; ')}`)
    return {
      status,
      planned: body.steps.filter((step) => step.status === 'would-change').length,
      steps: body.steps.length,
    }
  }

  await book.check('the app is ready', async () => {
    const { status } = await pipeline.call('GET', '/api/health')
    return { ok: status === 200, detail: `GET ${baseUrl}/api/health answers ${status}` }
  })

  teller.heading('Dry run: POST /api/onboardings?dryRun=true')
  const beforePlan = await lastSeq()
  const plan = await dryRun('/api/onboardings')
  await book.check('the plan lists what every step would do', async () => ({
    ok: plan.status === 200 && plan.planned === plan.steps && plan.steps === 11,
    detail: `${plan.planned} of ${plan.steps} steps`,
  }))
  await book.check('the dry run wrote nothing anywhere', () => wroteNothing(beforePlan))

  teller.heading('Apply: POST /api/onboardings, then GET its Location until it ends')
  const applied = await pipeline.onboard(request, teller.progress)
  await book.check('the onboarding succeeded and every step changed something', async () => ({
    ok: applied.status === 'succeeded' && applied.steps.every(({ status }) => status === 'changed'),
    detail: applied.problem?.detail ?? applied.steps.map(({ step, status }) => `${step} ${status}`).join(', '),
  }))
  await checkInventory(stack, book, request, applied)
  await checkSecret(stack, book, request, applied)

  teller.heading('Apply again')
  const beforeAgain = await lastSeq()
  const again = await pipeline.onboard(request, teller.progress)
  await book.check('the second apply found everything as wished', async () => ({
    ok: again.status === 'succeeded' && again.steps.every(({ status }) => status === 'unchanged'),
    detail: again.steps.map(({ step, status }) => `${step} ${status}`).join(', '),
  }))
  await book.check('the second apply wrote nothing anywhere', () => wroteNothing(beforeAgain))
  teller.heading('What now exists, and how to use it')
  for (const line of JSON.stringify(again.result, null, 2).split('\n')) teller.line(line)

  teller.heading('Keeping the token fresh')
  await checkRotation({ stack, book, teller, pipeline, request, onboarded: again })

  teller.heading('A second principal asks for what is not its own')
  const beforeRefusals = await lastSeq()
  await checkRefusals(book, request, (body) => pipeline.call('POST', '/api/onboardings', body))
  await book.check('the refusals wrote nothing anywhere', () => wroteNothing(beforeRefusals))

  teller.heading('Offboarding: POST /api/offboardings?dryRun=true, then for real')
  await dryRun('/api/offboardings')
  const removed = await pipeline.offboard(request, teller.progress)
  await book.check('the offboarding succeeded and left nothing behind', async () => {
    const inventory = await takeInventory(control)
    const { servicePrincipals, scopes, jobs, objects } = findWorkspace(inventory, request)
    const left = [
      ...inventory.applications.filter(
        ({ appId, deletedDateTime }) => appId === applied.result.clientId && !deletedDateTime,
      ),
      ...inventory.roleAssignments.filter(({ description }) => description === `steward/prod/${request.name}`),
      ...servicePrincipals.filter(({ applicationId }) => applicationId === applied.result.clientId),
      ...scopes,
      ...jobs,
      ...objects.filter(({ path }) => path.includes(request.name)),
    ]
    return {
      ok: removed.status === 'succeeded' && left.length === 0,
      detail: removed.problem?.detail ?? removed.steps.map(({ step, status }) => `${step} ${status}`).join(', '),
    }
  })
  const back = await pipeline.onboard(request, teller.progress)
  await book.check('onboarding it again brings the same application back', async () => ({
    ok: back.status === 'succeeded' && back.result.clientId === applied.result.clientId,
    detail: back.problem?.detail ?? `client id ${back.result.clientId}`,
  }))
}

function describeChange(change: unknown): string {
  const { action, target, reason } = change as { action: string; target: string; reason: string }
  return `${action} ${target} (${reason})`
}
