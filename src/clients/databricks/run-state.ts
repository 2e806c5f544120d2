import { z } from 'zod'
import { quote } from '../answer.ts'
import { int64Id } from '../int64.ts'
import { epochMs } from './job-settings.ts'

/** One run of a job. */
export interface Run {
  readonly runId: string
  readonly jobId: string
  readonly startedAt: Date
  readonly isEnded: boolean
  /** `PENDING`, `RUNNING`, `TERMINATED` and the like. */
  readonly state: string
  /** `SUCCESS`, `FAILED`, `CANCELED` and the like; null while it goes on, and when it was skipped. */
  readonly result: string | null
  /** What ended it: `SUCCESS`, `CLUSTER_ERROR` and the like. */
  readonly terminationCode: string | null
  /** In words, without anything that looks like a secret. */
  readonly message: string
  /** For people. */
  readonly pageUrl: string | null
  /** Each task's run has an id of its own, which its output is asked by. */
  readonly taskRunIds: readonly string[]
}

/** Of the older field, which tells more apart. */
const ENDED: ReadonlySet<string> = new Set(['TERMINATED', 'SKIPPED', 'INTERNAL_ERROR'])
const MAX_MESSAGE_LENGTH = 1_000

const word = z.string().max(128)
const words = z.string().nullish()

const oldState = z.object({ life_cycle_state: word, result_state: word.nullish(), state_message: words })

const newStatus = z.object({
  state: word,
  termination_details: z.object({ code: word.nullish(), message: words }).nullish(),
})

/** A workspace tells a run's state in an older field, a newer one, or both. */
export const runAnswer = z
  .object({
    run_id: int64Id,
    job_id: int64Id,
    start_time: epochMs,
    state: oldState.nullish(),
    status: newStatus.nullish(),
    run_page_url: z
      .url({ protocol: /^https$/ })
      .max(2048)
      .nullish()
      .catch(null),
    tasks: z
      .array(z.object({ run_id: int64Id }))
      .max(1000)
      .default([]),
  })
  .transform((run, context): Run => {
    const { state, status } = run
    const told = state?.life_cycle_state ?? status?.state
    if (told === undefined) {
      context.addIssue({ code: 'custom', message: 'has neither state nor status' })
      return z.NEVER
    }
    const { code, message } = status?.termination_details ?? {}
    return {
      runId: run.run_id,
      jobId: run.job_id,
      startedAt: run.start_time,
      isEnded: ENDED.has(told),
      state: told,
      result: state ? (state.result_state ?? null) : toResult(code),
      terminationCode: code ?? null,
      message: quote(state?.state_message || message || '', MAX_MESSAGE_LENGTH),
      pageUrl: run.run_page_url ?? null,
      taskRunIds: run.tasks.map((task) => task.run_id),
    }
  })

/** The older field's word for a termination code. */
function toResult(code: string | null | undefined): string | null {
  if (code == null || code === 'SKIPPED') return null
  if (code === 'USER_CANCELED') return 'CANCELED'
  return ['SUCCESS', 'SUCCESS_WITH_FAILURES', 'CANCELED'].includes(code) ? code : 'FAILED'
}
