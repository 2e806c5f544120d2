import { CLOUDS } from '../platform/clouds.ts'
import type { Config } from '../platform/config-schema.ts'
import { StewardError, toStewardError } from '../platform/errors.ts'
import { limits } from '../platform/limits.ts'
import type { Log } from '../platform/log.ts'
import type { Patience } from '../platform/propagation.ts'
import { requireAllowed } from '../trust/allow-lists.ts'
import type { AuditTrail } from '../trust/audit.ts'
import { type ExclusionPorts, type Guard, withExclusion } from '../trust/exclusion.ts'
import { applyPlan } from './apply.ts'
import { type EndPorts, endBlocked, endRun, type RunOutcome } from './end-run.ts'
import { combineObstacles, findObstacles, type OnboardingPlan, planOffboarding, planOnboarding } from './plan.ts'
import { requireSoundPolicies } from './policies.ts'
import { createProgress, type Progress } from './progress.ts'
import { isEnded, isNewer, type OnboardingRecord, type OnboardingStore } from './record.ts'
import { exclusionKeysOf, type OnboardingRequest, placesOf, wishesOf } from './request.ts'
import type { LookContext, OnboardingServices, StepName } from './step.ts'
import { auditEntries, keepEarlierChanges } from './step-states.ts'
import { removalsOf } from './steps.ts'

export interface RunPorts extends ExclusionPorts, EndPorts {
  readonly config: Config
  readonly tenantId: string
  readonly services: OnboardingServices
  readonly store: OnboardingStore
  readonly audit: AuditTrail
  readonly log: Log
}

/** Who asks for a run: a message of the queue, with the attempt that it is for, or a call that waits for the answer. */
export type RunTrigger = { readonly kind: 'message'; readonly attempt: number } | { readonly kind: 'call' }

/** Looking takes no longer; what cannot be seen by then counts as an attempt. */
const PLAN_MS = 60_000
/** No new wait or write begins later than this into the changes; what is left goes on from the queue. */
const APPLY_MS = 60_000
/** A call is answered before anything on the way gives it up. */
const CALL_MS = 90_000
/** The queue and the clocks of two instances may differ by this much. */
const EARLY_MS = 1_000
const BUSY_RETRY_MS = 5_000

/**
 * One run of an onboarding: looks at everything, decides, and makes what is missing. It can be killed anywhere, repeated
 * and run twice at once; only a failure of Steward's own storage is thrown. Whatever is left is in the queue when it
 * returns.
 */
export async function runOnboarding(ports: RunPorts, onboardingId: string, trigger: RunTrigger): Promise<RunOutcome> {
  const stored = await ports.store.get(onboardingId)
  if (!stored) return { kind: 'missing' }
  const { record } = stored
  const early = await findNothingToDo(ports, record, trigger)
  if (early) return early
  let isAtWork = false
  try {
    return await withExclusion(ports, exclusionKeysOf(record.request), (guard) => {
      isAtWork = true
      return runExclusively(ports, onboardingId, trigger, guard)
    })
  } catch (thrown) {
    const error = toStewardError(thrown)
    if (error.code !== 'busy' && error.code !== 'lease-lost') throw thrown
    const afterMs = error.retryAfterMs ?? BUSY_RETRY_MS
    const attempt = trigger.kind === 'message' ? trigger.attempt : record.attempts
    // A call that finds its onboarding in other hands leaves it there: whoever works on it sends the next message.
    if (trigger.kind === 'message' || isAtWork || record.status === 'pending') {
      await ports.enqueue({ onboardingId, attempt }, afterMs)
    }
    return { kind: 'again', afterMs, record }
  }
}

/** The outcome when there is no work: it has ended, a newer message is on its way, or its next attempt is not due. */
async function findNothingToDo(
  { time, enqueue }: RunPorts,
  record: OnboardingRecord,
  trigger: RunTrigger,
): Promise<RunOutcome | null> {
  if (isEnded(record)) return { kind: 'ended', record }
  const afterMs = Math.max(0, (record.nextAttemptAt?.getTime() ?? 0) - time.now())
  if (trigger.kind === 'call') return afterMs > EARLY_MS ? { kind: 'again', afterMs, record } : null
  if (trigger.attempt < record.attempts) return { kind: 'again', afterMs, record }
  if (afterMs <= EARLY_MS) return null
  // This may be the one message there is, so it comes back instead of being dropped.
  await enqueue({ onboardingId: record.onboardingId, attempt: trigger.attempt }, afterMs)
  return { kind: 'again', afterMs, record }
}

async function runExclusively(
  ports: RunPorts,
  onboardingId: string,
  trigger: RunTrigger,
  exclusion: Guard,
): Promise<RunOutcome> {
  const { store, config, time, draining, log } = ports
  const callDeadline = trigger.kind === 'call' ? time.elapsed() + CALL_MS : Number.POSITIVE_INFINITY
  // Read again: whoever held the lease before may have worked on it.
  const stored = await store.get(onboardingId)
  if (!stored) return { kind: 'missing' }
  const early = await findNothingToDo(ports, stored.record, trigger)
  if (early) return early
  const progress = createProgress(store, stored, time.now, log)
  const { request, onlyStep } = stored.record
  progress.update({ status: 'running' })
  // The configuration may have changed since the onboarding was accepted.
  const forbidden = findForbidden(config, stored.record)
  if (forbidden) return endRun(ports, progress, [forbidden])
  const superseded = await findSuccessor(store, stored.record)
  if (superseded) return endRun(ports, progress, [superseded])

  const patience = {
    time: { ...time, sleep: draining.sleep },
    deadline: time.elapsed() + PLAN_MS,
    shouldStop: draining.isDraining,
  }
  const plan = await limits.run({ deadline: patience.deadline }, () =>
    planRecord(stored.record, describeBase(ports, request, patience, stored.record)),
  )
  const obstacle = findObstacleFor(plan, onlyStep)
  if (obstacle) return endBlocked(ports, progress, plan, obstacle)

  // A slow look does not take from the time for changes: else it would be slow again, and nothing ever made.
  patience.deadline = Math.min(time.elapsed() + APPLY_MS, callDeadline)
  const mayWrite: Guard = () => {
    exclusion()
    if (time.elapsed() > patience.deadline)
      throw new StewardError('busy', 'The run took long; Steward goes on from the queue.')
  }
  // Nothing new is begun while the instance stops; what is begun may still be sent, and be cleaned up after.
  const guard: Guard = () => {
    mayWrite()
    if (draining.isDraining()) throw new StewardError('busy', 'This instance is stopping; Steward goes on elsewhere.')
  }
  await recordIntentions(ports, progress, plan)
  guard()
  const { facts, errors } = await limits.run({ deadline: patience.deadline, mayWrite }, () =>
    applyPlan({
      plan,
      guard,
      onboardingId,
      intents: {
        has: (key) => progress.record.intents.includes(key),
        write: (key) => progress.save({ intents: [...progress.record.intents, key] }),
      },
      report: (state, error) => progress.updateStep(keepEarlierChanges(progress.record, state, error)),
    }),
  )
  progress.update({ facts: { ...progress.record.facts, ...facts } })
  const { record } = progress
  await ports.audit.record(
    record.createdAt,
    auditEntries(record, ({ status }) => (status === 'changed' ? 'done' : 'failed')),
  )
  return endRun(ports, progress, errors)
}

/** What a look at an onboarding starts from, whoever asks for it. */
export function describeBase(
  { config, tenantId, services }: Pick<RunPorts, 'config' | 'tenantId' | 'services'>,
  request: OnboardingRequest,
  patience: Patience,
  record: Pick<OnboardingRecord, 'steps' | 'createdAt'> | null = null,
): LookContext {
  const owner = { instance: config.instance, name: request.name }
  const begunSteps = (record?.steps ?? []).flatMap(({ step, changes }) => (changes.length > 0 ? [step] : []))
  return {
    request,
    owner,
    config,
    cloud: CLOUDS[config.cloud],
    tenantId,
    services,
    patience,
    begunSteps,
    begunAt: record?.createdAt ?? null,
  }
}

/** What waits in the queue must not undo what was asked for after it: the newest request of a name says which way to go. */
async function findSuccessor(
  store: OnboardingStore,
  { onboardingId, direction, request }: OnboardingRecord,
): Promise<StewardError | null> {
  const latest = await store.getLatest(request.name)
  if (!latest || latest.direction === direction || !isNewer(latest.onboardingId, onboardingId)) return null
  return new StewardError(
    'superseded',
    `The ${latest.direction} ${latest.onboardingId} of "${request.name}" was asked for later, so this ${direction} does nothing more. Ask again if it is still wanted.`,
  )
}

function planRecord(
  { direction, request, onlyStep, steps }: OnboardingRecord,
  base: LookContext,
): Promise<OnboardingPlan> {
  if (direction === 'onboarding') return planOnboarding(base, onlyStep)
  const picked = steps.map(({ step }) => step)
  return planOffboarding(base, removalsOf(request, picked))
}

function findForbidden(config: Config, { direction, request }: OnboardingRecord): StewardError | null {
  try {
    requireAllowed(config, direction === 'onboarding' ? wishesOf(request) : placesOf(request))
    if (direction === 'onboarding') requireSoundPolicies(config, request)
    return null
  } catch (thrown) {
    return toStewardError(thrown)
  }
}

/** Why the plan cannot be carried out: an obstacle, or, for a single step, needs that are not met yet. */
function findObstacleFor(plan: OnboardingPlan, onlyStep: StepName | null): StewardError | null {
  const obstacle = combineObstacles(findObstacles(plan))
  if (obstacle || !onlyStep) return obstacle
  const unmet = [...plan].flatMap(([name, { outcome }]) => {
    const isMet = name === onlyStep || outcome instanceof StewardError || outcome.changes.length === 0
    return isMet ? [] : [name]
  })
  if (unmet.length === 0) return null
  return new StewardError(
    'needs',
    `Step ${onlyStep} needs ${unmet.join(', ')} first: run it, or start a whole onboarding.`,
    { data: { needs: unmet } },
  )
}

/** What is about to be changed is written down, for the audit and for whoever looks on, before the first change. */
async function recordIntentions({ audit }: RunPorts, progress: Progress, plan: OnboardingPlan): Promise<void> {
  for (const [step, { outcome }] of plan) {
    if (outcome instanceof StewardError || outcome.changes.length === 0) continue
    progress.updateStep(keepEarlierChanges(progress.record, { step, status: 'running', changes: outcome.changes }))
  }
  const { record } = progress
  await Promise.all([
    audit.record(
      record.createdAt,
      auditEntries(record, () => 'started'),
    ),
    progress.save(),
  ])
}
