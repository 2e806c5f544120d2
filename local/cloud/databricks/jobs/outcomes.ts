import type { Outcome, RunFailure } from './job-state.ts'

export const succeeded: Outcome = {
  lifeCycleState: 'TERMINATED',
  resultState: 'SUCCESS',
  code: 'SUCCESS',
  message: '',
  error: null,
}

export const timedOut: Outcome = {
  lifeCycleState: 'TERMINATED',
  resultState: 'TIMEDOUT',
  code: 'CANCELED',
  message: 'The run was canceled because it took longer than its timeout',
  error: null,
}

export function canceledBy(clientId: string): Outcome {
  return {
    lifeCycleState: 'TERMINATED',
    resultState: 'CANCELED',
    code: 'USER_CANCELED',
    message: `Run cancelled by ${clientId}.`,
    error: null,
  }
}

export function skippedAt(limit: number): Outcome {
  return {
    lifeCycleState: 'SKIPPED',
    resultState: 'MAXIMUM_CONCURRENT_RUNS_REACHED',
    code: 'MAX_CONCURRENT_RUNS_EXCEEDED',
    message: `Skipping this run because the limit of ${limit} maximum concurrent runs has been reached.`,
    error: null,
  }
}

/** The end of a run whose notebook never began. */
export function neverBegan({ code, message }: RunFailure): Outcome {
  return { lifeCycleState: 'INTERNAL_ERROR', resultState: 'FAILED', code, message, error: null }
}

/** The end of a run whose cluster could not be asked for. */
export function refusedCluster(cause: string): Outcome {
  return neverBegan({
    code: 'INVALID_CLUSTER_REQUEST',
    message: `Unexpected user error while preparing the cluster for the job. Cause: ${cause}`,
  })
}

/** The end of a run whose cluster may have its secrets, and whose vault does not let Databricks read them. */
export function lostCluster(cause: string): Outcome {
  return neverBegan({
    code: 'CLUSTER_ERROR',
    message: `Cluster terminated. Reason: Secret resolution error. Failed to fetch secrets referred to in Spark Conf: ${cause}`,
  })
}

/** The end of a run whose notebook threw. */
export function threw(error: string): Outcome {
  return {
    lifeCycleState: 'TERMINATED',
    resultState: 'FAILED',
    code: 'RUN_EXECUTION_ERROR',
    message: 'Workload failed, see run output for details',
    error,
  }
}
