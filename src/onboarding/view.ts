import type { OnboardingRecord } from './record.ts'
import { describeResult, type OnboardingResult } from './result.ts'

/** An onboarding as `GET /onboardings/{id}` shows it. */
export interface OnboardingView {
  readonly id: string
  readonly direction: OnboardingRecord['direction']
  readonly name: string
  readonly status: OnboardingRecord['status']
  readonly step?: string
  readonly createdAt: string
  readonly createdBy: string
  readonly updatedAt: string
  readonly attempts: number
  readonly nextAttemptAt: string | null
  readonly problem: OnboardingRecord['problem']
  readonly steps: OnboardingRecord['steps']
  /** How to use what is there so far. */
  readonly result: OnboardingResult
  readonly correlationId: string
}

export function viewOnboarding(record: OnboardingRecord, tenantId: string): OnboardingView {
  const { onboardingId, request, onlyStep, createdAt, updatedAt, nextAttemptAt, facts } = record
  const { direction, status, createdBy, attempts, problem, steps, correlationId } = record
  return {
    id: onboardingId,
    direction,
    name: request.name,
    status,
    ...(onlyStep ? { step: onlyStep } : {}),
    createdAt: createdAt.toISOString(),
    createdBy,
    updatedAt: updatedAt.toISOString(),
    attempts,
    nextAttemptAt: nextAttemptAt?.toISOString() ?? null,
    problem,
    steps: onlyStep ? steps.filter(({ step }) => step === onlyStep) : steps,
    result: describeResult(tenantId, request, facts),
    correlationId,
  }
}
