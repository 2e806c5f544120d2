import { expect } from 'vitest'
import type { CloudControl } from '../../local/cloud/control.ts'
import { isWrite } from '../../local/inspection.ts'
import type { Pipeline } from '../../local/pipeline.ts'
import type { Stack } from '../../local/stack.ts'

/** What was written anywhere in the pretend Azure while the work was done: `service route` each. */
export async function listWrites(control: CloudControl, work: () => Promise<unknown>): Promise<string[]> {
  const before = (await control.requests()).at(-1)?.seq ?? 0
  await work()
  return (await control.requests(before)).filter(isWrite).map(({ service, route }) => `${service} ${route}`)
}

interface ProblemBody {
  readonly code: string
  readonly detail: string
}

/** Sees that the plan and the onboarding itself are refused alike, that nothing is written, and gives the reason. */
export async function expectRefusal(
  { control }: Stack,
  pipeline: Pipeline,
  request: unknown,
  [status, code]: readonly [number, string],
): Promise<string> {
  let detail = ''
  const writes = await listWrites(control, async () => {
    const plan = await pipeline.call<ProblemBody>('POST', '/api/onboardings?dryRun=true', request)
    expect([plan.status, plan.body.code]).toEqual([status, code])
    detail = plan.body.detail
    const view = await pipeline.onboard(request)
    expect([view.status, view.problem?.code, view.problem?.detail]).toEqual(['failed', code, detail])
  })
  expect(writes).toEqual([])
  return detail
}
