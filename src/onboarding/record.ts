import type { ErrorCode, Issue } from '../platform/errors.ts'
import type { OnboardingRequest } from './request.ts'
import type { Change, Facts, StepName } from './step.ts'

export type StepStatus = 'pending' | 'running' | 'unchanged' | 'changed' | 'failed' | 'skipped'

/** Why something did not work, as an answer shows it. */
export interface Problem {
  readonly code: ErrorCode
  readonly detail: string
  readonly issues?: readonly Issue[]
}

export interface StepState {
  readonly step: StepName
  readonly status: StepStatus
  readonly changes: readonly Change[]
  readonly problem?: Problem
}

/** Whether what the request names is made, or removed. */
export type Direction = 'onboarding' | 'offboarding'

/** One onboarding, or offboarding, as it is kept: what was asked for, how far it is, and what came of it. No secret is ever in it. */
export interface OnboardingRecord {
  readonly onboardingId: string
  readonly direction: Direction
  readonly request: OnboardingRequest
  /** The single step that was asked for; null for a whole onboarding. */
  readonly onlyStep: StepName | null
  readonly createdAt: Date
  readonly createdBy: string
  readonly correlationId: string
  readonly status: 'pending' | 'running' | 'succeeded' | 'failed'
  /** Runs that ended in something worth another try. */
  readonly attempts: number
  /** When the next try is due, while waiting for one. */
  readonly nextAttemptAt: Date | null
  /** Why it failed, or what it waits for. */
  readonly problem: Problem | null
  readonly steps: readonly StepState[]
  readonly facts: Partial<Facts>
  readonly intents: readonly string[]
  readonly updatedAt: Date
}

/** A record as it was read, and the state of the row it was read from. */
export interface StoredRecord {
  readonly record: OnboardingRecord
  readonly etag: string
}

/** The newest record of a name, whichever way it goes. */
export type Latest = Pick<OnboardingRecord, 'onboardingId' | 'direction'>

/** Where records are kept. */
export interface OnboardingStore {
  /** Remembers a record that was accepted as the newest of its name, unless a newer one is known. */
  setLatest(name: string, latest: Latest): Promise<void>
  getLatest(name: string): Promise<Latest | null>
  insert(record: OnboardingRecord): Promise<void>
  get(onboardingId: string): Promise<StoredRecord | null>
  /** Writes over the row that was read; throws `lease-lost` when somebody else has written meanwhile. Gives the new etag. */
  replace(record: OnboardingRecord, etag: string): Promise<string>
  /** Newest first. */
  list(limit: number): Promise<OnboardingRecord[]>
}

/** Ids sort newest first in a table: the time left until a far day, then chance. */
export function createOnboardingId(now: number, random: () => number): string {
  const countdown = String(9_999_999_999_999 - now)
  const chance = Math.floor(random() * 0x1_0000_0000)
  return `${countdown}-${chance.toString(16).padStart(8, '0')}`
}

/** Whether one id was made later than another: the time left until a far day comes first in them. */
export function isNewer(id: string, other: string): boolean {
  return id < other
}

export function isEnded({ status }: Pick<OnboardingRecord, 'status'>): boolean {
  return status === 'succeeded' || status === 'failed'
}

export interface NewOnboarding {
  readonly onboardingId: string
  readonly direction: Direction
  readonly request: OnboardingRequest
  readonly onlyStep: StepName | null
  readonly createdBy: string
  readonly correlationId: string
}

/** The record of an onboarding that nobody has worked on yet. */
export function createRecord(fresh: NewOnboarding, steps: readonly StepName[], now: Date): OnboardingRecord {
  return {
    ...fresh,
    createdAt: now,
    updatedAt: now,
    status: 'pending',
    attempts: 0,
    nextAttemptAt: null,
    problem: null,
    steps: steps.map((step) => ({ step, status: 'pending', changes: [] })),
    facts: {},
    intents: [],
  }
}
