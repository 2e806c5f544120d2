import type { JobSettings } from './settings.ts'

export interface Job {
  readonly jobId: string
  /** Grows from job to job: lists are in its order. */
  readonly ordinal: number
  /** Client id of whoever made it. */
  readonly creator: string
  readonly createdAt: number
  settings: JobSettings
}

/** How long the runs take; read when one starts. */
export interface RunTimes {
  readonly pendingMs: number
  readonly runningMs: number
}

export const DEFAULT_RUN_TIMES: RunTimes = { pendingMs: 300, runningMs: 300 }

/** The codes that the service ends runs with: https://docs.databricks.com/api/azure/workspace/jobs/getrun. */
export const terminationCodes = [
  'BREAKING_CHANGE',
  'BUDGET_POLICY_LIMIT_EXCEEDED',
  'CANCELED',
  'CLOUD_FAILURE',
  'CLUSTER_ERROR',
  'CLUSTER_REQUEST_LIMIT_EXCEEDED',
  'CLUSTER_TERMINATED_BY_USER',
  'DISABLED',
  'DRIVER_ERROR',
  'FEATURE_DISABLED',
  'INTERNAL_ERROR',
  'INVALID_CLUSTER_REQUEST',
  'INVALID_RUN_CONFIGURATION',
  'LIBRARY_INSTALLATION_ERROR',
  'MAX_CONCURRENT_RUNS_EXCEEDED',
  'MAX_JOB_QUEUE_SIZE_EXCEEDED',
  'MAX_SPARK_CONTEXTS_EXCEEDED',
  'REPOSITORY_CHECKOUT_FAILED',
  'RESOURCE_NOT_FOUND',
  'RUN_EXECUTION_ERROR',
  'SKIPPED',
  'STORAGE_ACCESS_ERROR',
  'SUCCESS',
  'SUCCESS_WITH_FAILURES',
  'UNAUTHORIZED_ERROR',
  'USER_CANCELED',
  'WORKSPACE_RUN_LIMIT_EXCEEDED',
] as const

export type TerminationCode = (typeof terminationCodes)[number]

/** How a run or one of its tasks came to its end. */
export interface Outcome {
  readonly lifeCycleState: 'TERMINATED' | 'INTERNAL_ERROR' | 'SKIPPED'
  readonly resultState: 'SUCCESS' | 'FAILED' | 'TIMEDOUT' | 'CANCELED' | 'MAXIMUM_CONCURRENT_RUNS_REACHED'
  readonly code: TerminationCode
  readonly message: string
  /** What the notebook threw, for the output of the task. */
  readonly error: string | null
}

/** What arranged refusals end runs with. */
export interface RunFailure {
  readonly code: TerminationCode
  readonly message: string
}

/** A secret that a cluster read when it started, without its value. */
export interface ResolvedSecret {
  readonly scope: string
  readonly key: string
  readonly sha256: string
}

export type Progress =
  | { readonly kind: 'pending' }
  | { readonly kind: 'running'; readonly outcome: Outcome }
  | { readonly kind: 'ended'; readonly at: number; readonly outcome: Outcome }

export interface TaskRun {
  readonly runId: string
  readonly task: JobSettings['tasks'][number]
  progress: Progress
  /** Never on the wire: for those who look whether the run really read its secrets. */
  resolvedSecrets: readonly ResolvedSecret[]
}

export interface Run {
  readonly runId: string
  readonly ordinal: number
  readonly jobId: string
  /** The settings of the job when the run started. */
  readonly settings: JobSettings
  /** Client id of whoever started it. */
  readonly creator: string
  readonly idempotencyToken: string | null
  readonly notebookParams: Readonly<Record<string, string>>
  readonly startedAt: number
  readonly times: RunTimes
  readonly arrangedFailure: RunFailure | null
  /** Set for a run that was not let start; it has no tasks. */
  readonly skipped: Outcome | null
  readonly tasks: readonly TaskRun[]
}
