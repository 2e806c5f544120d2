import type { Draining } from '../platform/draining.ts'
import type { StewardError } from '../platform/errors.ts'
import type { Log } from '../platform/log.ts'
import type { Time } from '../platform/time.ts'
import { describeProblem, findObstacles, type OnboardingPlan } from './plan.ts'
import type { Progress } from './progress.ts'
import type { OnboardingRecord, Problem, StepState } from './record.ts'
import { boundDelay, type Enqueue } from './run-message.ts'
import { cutPromise, settleSteps } from './step-states.ts'

export interface EndPorts {
  readonly time: Time
  readonly draining: Draining
  readonly enqueue: Enqueue
  readonly log: Log
}

/** How a run ended: for good, or to be gone on with after a while by a message that is in the queue. */
export type RunOutcome =
  | { readonly kind: 'missing' }
  | { readonly kind: 'ended'; readonly record: OnboardingRecord }
  | { readonly kind: 'again'; readonly afterMs: number; readonly record: OnboardingRecord }

const MAX_ATTEMPTS = 8
const FIRST_RETRY_MS = 5_000
const LONGEST_RETRY_MS = 5 * 60_000

/** Ends a run that could not begin: what stood in the way is told with the steps that it stood in the way of. */
export function endBlocked(
  ports: EndPorts,
  progress: Progress,
  plan: OnboardingPlan,
  obstacle: StewardError,
): Promise<RunOutcome> {
  if (!obstacle.retryable) {
    for (const { step, error } of findObstacles(plan)) {
      const changes = progress.record.steps.find((state) => state.step === step)?.changes ?? []
      const failed: StepState = { step, status: 'failed', changes, problem: describeProblem(error) }
      progress.updateStep(failed)
    }
  }
  return endRun(ports, progress, [obstacle])
}

/** Ends a run: succeeded, failed, or to be gone on with, which the queue knows before the record does. */
export async function endRun(
  ports: EndPorts,
  progress: Progress,
  errors: readonly StewardError[],
): Promise<RunOutcome> {
  const { time, draining, log } = ports
  const [first] = errors
  const { onboardingId } = progress.record
  // With its cause, which neither the record nor an answer shows.
  for (const error of errors) log[error.retryable ? 'info' : 'warn']('onboarding-hindered', { onboardingId, error })
  if (!first) {
    await progress.save({ status: 'succeeded', problem: null, nextAttemptAt: null })
    return { kind: 'ended', record: progress.record }
  }
  const { attempts } = progress.record
  const permanent = errors.find(({ retryable }) => !retryable)
  if (permanent) return fail(progress, attempts + 1, describeProblem(permanent))
  // Not the onboarding's fault, so it is not counted.
  if (draining.isDraining()) return goOnLater(ports, progress, attempts, 0, first)
  // Neither is waiting for what takes its time; that has a bound of its own.
  if (errors.every(({ code }) => code === 'in-progress')) {
    return goOnLater(ports, progress, attempts, first.retryAfterMs ?? FIRST_RETRY_MS, first)
  }
  if (attempts + 1 >= MAX_ATTEMPTS) return fail(progress, attempts + 1, explainGivingUp(first))
  const wishMs = Math.max(0, ...errors.map(({ retryAfterMs }) => boundDelay(retryAfterMs ?? 0)))
  const backOffMs = Math.min(FIRST_RETRY_MS * 2 ** attempts, LONGEST_RETRY_MS)
  const afterMs = wishMs > 0 ? wishMs : backOffMs * (0.75 + time.random() * 0.5)
  return goOnLater(ports, progress, attempts + 1, afterMs, first)
}

async function fail(progress: Progress, attempts: number, problem: Problem): Promise<RunOutcome> {
  const steps = settleSteps(progress.record.steps, problem)
  await progress.save({ status: 'failed', attempts, steps, problem, nextAttemptAt: null })
  return { kind: 'ended', record: progress.record }
}

async function goOnLater(
  { time, enqueue }: EndPorts,
  progress: Progress,
  attempts: number,
  afterMs: number,
  error: StewardError,
): Promise<RunOutcome> {
  // In this order: an attempt that is counted without a message for the next one would wait for nobody.
  await enqueue({ onboardingId: progress.record.onboardingId, attempt: attempts }, afterMs)
  const nextAttemptAt = new Date(time.now() + afterMs)
  await progress.save({ status: 'running', attempts, problem: describeProblem(error), nextAttemptAt })
  return { kind: 'again', afterMs, record: progress.record }
}

function explainGivingUp(error: StewardError): Problem {
  return {
    ...describeProblem(error),
    detail: `Steward gave up after ${MAX_ATTEMPTS} attempts. What stood in the way: ${cutPromise(error.message)} What is done stays done: once that is settled, start the onboarding again to go on from there.`,
  }
}
