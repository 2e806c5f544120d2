import type { StewardError } from '../platform/errors.ts'
import type { AuditEntry } from '../trust/audit.ts'
import type { OnboardingRecord, Problem, StepState } from './record.ts'

/**
 * A run that was killed may have made changes without being able to say so: what a step set out to change earlier
 * counts as changed once it is as wished.
 */
export function keepEarlierChanges({ steps }: OnboardingRecord, state: StepState, error?: StewardError): StepState {
  const earlier = steps.find(({ step }) => step === state.step)?.changes ?? []
  const added = state.changes.filter(
    ({ action, target }) => !earlier.some((known) => known.action === action && known.target === target),
  )
  const changes = [...earlier, ...added]
  if (state.status === 'unchanged' && changes.length > 0) return { ...state, status: 'changed', changes }
  if (error?.retryable) return { ...state, status: 'running', changes }
  return { ...state, changes }
}

/** The steps of an onboarding that failed: none is left as if it went on. */
export function settleSteps(steps: readonly StepState[], problem: Problem): StepState[] {
  return steps.map((state): StepState => {
    if (state.status === 'running') {
      const own = state.problem ?? problem
      return { ...state, status: 'failed', problem: { ...own, detail: cutPromise(own.detail) } }
    }
    if (state.status !== 'pending') return state
    return {
      ...state,
      status: 'skipped',
      problem: {
        code: problem.code,
        detail: 'Nothing was written for it: the onboarding could not be done as a whole.',
      },
    }
  })
}

/** What Steward goes on to do stands behind a message's last semicolon; it is no longer true once it has given up. */
export function cutPromise(detail: string): string {
  return detail.replace(/; Steward [^;]*$/, '.')
}

export function auditEntries(
  record: OnboardingRecord,
  outcomeOf: (state: StepState) => AuditEntry['outcome'],
): AuditEntry[] {
  const { onboardingId, createdBy, correlationId, steps } = record
  return steps.flatMap((state) =>
    state.changes.map((change, index) => ({
      key: `${onboardingId}-${state.step}-${index}`,
      who: createdBy,
      action: `${state.step}: ${change.action} (${change.reason})`,
      target: change.target,
      outcome: outcomeOf(state),
      workId: onboardingId,
      correlationId,
    })),
  )
}
