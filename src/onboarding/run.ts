import type { Config } from '../platform/config-schema.ts'
import { StewardError, toStewardError } from '../platform/errors.ts'
import type { Log } from '../platform/log.ts'
import type { Time } from '../platform/time.ts'
import type { AuditEntry, AuditTrail } from '../trust/audit.ts'
import { type ExclusionPorts, type Guard, withExclusion } from '../trust/exclusion.ts'
import { applyPlan } from './apply.ts'
import { combineObstacles, describeProblem, findObstacles, type OnboardingPlan, planOnboarding } from './plan.ts'
import { createProgress, type Progress } from './progress.ts'
import { isEnded, type OnboardingRecord, type OnboardingStore, type StepState } from './record.ts'
import { exclusionKeysOf } from './request.ts'
import type { OnboardingServices, StepName } from './step.ts'

export interface RunPorts extends ExclusionPorts {
  readonly config: Config
  readonly services: OnboardingServices
  readonly store: OnboardingStore
  readonly audit: AuditTrail
  readonly time: Time
  readonly log: Log
}

/** How a run ended: for good, or to be gone on with after a while. */
export type RunOutcome =
  | { readonly kind: 'missing' }
  | { readonly kind: 'ended'; readonly record: OnboardingRecord }
  | { readonly kind: 'again'; readonly afterMs: number; readonly record: OnboardingRecord }

/** No new wait or create begins later than this into a run; what is left goes on from the queue. */
const RUN_MS = 60_000
const MAX_ATTEMPTS = 8
const FIRST_RETRY_MS = 5_000
const LONGEST_RETRY_MS = 5 * 60_000

/**
 * One run of an onboarding: looks at everything, decides, and makes what is missing. It can be killed anywhere, repeated
 * and run twice at once; only a failure of Steward's own storage is thrown.
 */
export async function runOnboarding(ports: RunPorts, onboardingId: string): Promise<RunOutcome> {
  const stored = await ports.store.get(onboardingId)
  if (!stored) return { kind: 'missing' }
  if (isEnded(stored.record)) return { kind: 'ended', record: stored.record }
  try {
    return await withExclusion(ports, exclusionKeysOf(stored.record.request), (guard) =>
      runExclusively(ports, onboardingId, guard),
    )
  } catch (thrown) {
    const error = toStewardError(thrown)
    if (error.code !== 'busy' && error.code !== 'lease-lost') throw thrown
    return { kind: 'again', afterMs: error.retryAfterMs ?? FIRST_RETRY_MS, record: stored.record }
  }
}

async function runExclusively(ports: RunPorts, onboardingId: string, exclusion: Guard): Promise<RunOutcome> {
  const { store, config, services, time, log } = ports
  // Read again: whoever held the lease before may have ended it.
  const stored = await store.get(onboardingId)
  if (!stored) return { kind: 'missing' }
  if (isEnded(stored.record)) return { kind: 'ended', record: stored.record }
  const progress = createProgress(store, stored, time.now, log)
  const { request, onlyStep } = stored.record
  const patience = { time, deadline: time.elapsed() + RUN_MS }
  const guard: Guard = () => {
    exclusion()
    if (time.elapsed() > patience.deadline)
      throw new StewardError('busy', 'The run took long; Steward goes on from the queue.')
  }
  progress.update({ status: 'running' })
  const owner = { instance: config.instance, name: request.name }
  const plan = await planOnboarding({ request, owner, services, patience })
  const obstacle = findObstacleFor(plan, onlyStep)
  if (obstacle) return endBlocked(progress, plan, obstacle, time)

  await recordIntentions(ports, progress, plan, onlyStep)
  guard()
  const { facts, errors } = await applyPlan({
    plan: restrictTo(plan, onlyStep),
    guard,
    intents: {
      has: (key) => progress.record.intents.includes(key),
      write: (key) => progress.save({ intents: [...progress.record.intents, key] }),
    },
    report: (state, error) => progress.updateStep(keepEarlierChanges(progress.record, state, error)),
  })
  progress.update({ facts: { ...progress.record.facts, ...facts } })
  await ports.audit.record(auditEntries(progress.record, (state) => (state.status === 'changed' ? 'done' : 'failed')))
  return end(progress, errors, time)
}

/** Why the plan cannot be carried out: an obstacle, or, for a single step, needs that are not met yet. */
function findObstacleFor(plan: OnboardingPlan, onlyStep: StepName | null): StewardError | null {
  const obstacle = combineObstacles(findObstacles(plan))
  if (obstacle || !onlyStep) return obstacle
  const unmet = (plan.get(onlyStep)?.step.needs ?? []).filter((need) => {
    const outcome = plan.get(need)?.outcome
    return outcome !== undefined && !(outcome instanceof StewardError) && outcome.changes.length > 0
  })
  if (unmet.length === 0) return null
  return new StewardError(
    'needs',
    `Step ${onlyStep} needs ${unmet.join(', ')} first: run it, or start a whole onboarding.`,
    {
      data: { needs: unmet },
    },
  )
}

/** For a single step: it and what it needs, which is there already and only provides its facts. */
function restrictTo(plan: OnboardingPlan, onlyStep: StepName | null): OnboardingPlan {
  const only = onlyStep && plan.get(onlyStep)?.step
  if (!only) return plan
  return new Map([...plan].filter(([name]) => name === only.name || only.needs.includes(name)))
}

/** What is about to be changed is written down, for the audit and for whoever looks on, before the first change. */
async function recordIntentions(
  { audit }: RunPorts,
  progress: Progress,
  plan: OnboardingPlan,
  onlyStep: StepName | null,
): Promise<void> {
  for (const [step, { outcome }] of restrictTo(plan, onlyStep)) {
    if (outcome instanceof StewardError || outcome.changes.length === 0) continue
    progress.updateStep(keepEarlierChanges(progress.record, { step, status: 'running', changes: outcome.changes }))
  }
  await Promise.all([audit.record(auditEntries(progress.record, () => 'started')), progress.save()])
}

/**
 * A run that was killed may have made changes without being able to say so: what a step set out to change earlier
 * counts as changed once it is as wished.
 */
function keepEarlierChanges({ steps }: OnboardingRecord, state: StepState, error?: StewardError): StepState {
  const earlier = steps.find(({ step }) => step === state.step)?.changes ?? []
  const added = state.changes.filter(
    ({ action, target }) => !earlier.some((known) => known.action === action && known.target === target),
  )
  const changes = [...earlier, ...added]
  if (state.status === 'unchanged' && changes.length > 0) return { ...state, status: 'changed', changes }
  if (error?.retryable) return { ...state, status: 'running', changes }
  return { ...state, changes }
}

function auditEntries(record: OnboardingRecord, outcomeOf: (state: StepState) => AuditEntry['outcome']): AuditEntry[] {
  const { onboardingId, createdBy, correlationId, steps } = record
  return steps.flatMap((state) =>
    state.changes.map((change, index) => ({
      key: `${onboardingId}-${state.step}-${index}`,
      who: createdBy,
      action: `${state.step}: ${change.action} (${change.reason})`,
      target: change.target,
      outcome: outcomeOf(state),
      onboardingId,
      correlationId,
    })),
  )
}

async function endBlocked(
  progress: Progress,
  plan: OnboardingPlan,
  obstacle: StewardError,
  time: Time,
): Promise<RunOutcome> {
  if (obstacle.retryable) return end(progress, [obstacle], time)
  const blocked = new Map(findObstacles(plan).map(({ step, error }) => [step, error]))
  const steps = progress.record.steps.map((state): StepState => {
    const error = blocked.get(state.step)
    return error
      ? { ...state, status: 'failed', problem: describeProblem(error) }
      : {
          ...state,
          status: 'skipped',
          problem: {
            code: obstacle.code,
            detail: 'Nothing was written, because the onboarding cannot be done as a whole.',
          },
        }
  })
  progress.update({ steps })
  return end(progress, [obstacle], time)
}

async function end(progress: Progress, errors: readonly StewardError[], time: Time): Promise<RunOutcome> {
  const [first] = errors
  if (!first) {
    await progress.save({ status: 'succeeded', problem: null, nextAttemptAt: null })
    return { kind: 'ended', record: progress.record }
  }
  const permanent = errors.find(({ retryable }) => !retryable)
  const attempts = progress.record.attempts + 1
  if (permanent || attempts >= MAX_ATTEMPTS) {
    const problem = describeProblem(permanent ?? first)
    await progress.save({ status: 'failed', attempts, problem, nextAttemptAt: null })
    return { kind: 'ended', record: progress.record }
  }
  const wishMs = Math.max(0, ...errors.map(({ retryAfterMs }) => retryAfterMs ?? 0))
  const backOffMs = Math.min(FIRST_RETRY_MS * 2 ** (attempts - 1), LONGEST_RETRY_MS)
  const afterMs = wishMs > 0 ? wishMs : backOffMs * (0.75 + time.random() * 0.5)
  await progress.save({
    status: 'running',
    attempts,
    problem: describeProblem(first),
    nextAttemptAt: new Date(time.now() + afterMs),
  })
  return { kind: 'again', afterMs, record: progress.record }
}
