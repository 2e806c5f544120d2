import type { Run } from '../clients/databricks/client.ts'

export interface JobRunState {
  /** Whether there is a job. */
  readonly isThere: boolean
  /** Whether everything that a run hangs on stays as it is: the job, its owner, the secret and the right to read it. */
  readonly isAsBefore: boolean
  /** Whether this very onboarding has set out to run it: then no other run will do. */
  readonly isBegun: boolean
  /** Whether a run is all that was asked for. Nothing tells whom an earlier run acted as, so only a new one will do. */
  readonly isAskedFor: boolean
  /** The newest run of the job, if any. */
  readonly latest: Run | null
}

export type JobRunDecision =
  | {
      readonly kind: 'run'
      readonly reason: 'never ran' | 'begun' | 'asked for' | 'what it runs with changes' | 'the last run failed'
    }
  | { readonly kind: 'wait'; readonly run: Run }
  | { readonly kind: 'keep'; readonly run: Run }

/** Decides whether the job is known to work as it is: a good run of what stays counts, one that goes on is waited for. */
export function decideJobRun({ isThere, isAsBefore, isBegun, isAskedFor, latest }: JobRunState): JobRunDecision {
  if (isBegun) return { kind: 'run', reason: 'begun' }
  if (isAskedFor) return { kind: 'run', reason: 'asked for' }
  if (!isThere || !latest) return { kind: 'run', reason: 'never ran' }
  if (!isAsBefore) return { kind: 'run', reason: 'what it runs with changes' }
  if (!latest.isEnded) return { kind: 'wait', run: latest }
  return isGood(latest) ? { kind: 'keep', run: latest } : { kind: 'run', reason: 'the last run failed' }
}

/** Whether the job did what it is for. */
export function isGood({ result }: Run): boolean {
  return result === 'SUCCESS'
}

/** Codes of a run that was never let start, because as many as may go on at once went on. */
const SKIPPED: ReadonlySet<string | null> = new Set(['SKIPPED', 'MAX_CONCURRENT_RUNS_EXCEEDED'])

/** Whether the run never began: its token is spent, and it says nothing about the job. */
export function isSkipped({ state, result, terminationCode }: Run): boolean {
  return state === 'SKIPPED' || result === 'MAXIMUM_CONCURRENT_RUNS_REACHED' || SKIPPED.has(terminationCode)
}

/** What people should do about a run that failed, by what Databricks says of it. */
const ADVICE: readonly { readonly matches: RegExp; readonly advice: string }[] = [
  {
    matches: /AADSTS|invalid_client|oauth2\/token/i,
    advice: 'Microsoft Entra refused the client secret that the cluster found in the scope: rotate it, then run again.',
  },
  {
    matches: /secret|keyvault|key vault|permission on scope/i,
    advice:
      'The cluster could not read the client secret from its scope as the principal: check the READ permission on the scope and, for a Key Vault, the access of AzureDatabricks to it.',
  },
  {
    matches: /create clusters|allow-cluster-create/i,
    advice: 'The principal may not create clusters: give it the entitlement allow-cluster-create.',
  },
  {
    matches: /notebook|RESOURCE_NOT_FOUND/i,
    advice: 'The notebook is missing, or the principal may not read it: run the steps job and job-permissions.',
  },
  {
    matches: /STORAGE_ACCESS_ERROR|AuthorizationPermissionMismatch|403.*dfs\./i,
    advice: 'The principal may not read the storage account: give it the role Storage Blob Data Reader there.',
  },
  {
    matches: /CLUSTER_REQUEST_LIMIT_EXCEEDED|QUOTA|LIMIT_EXCEEDED/i,
    advice: 'Azure or the workspace has no room for another cluster: free some, or ask for more quota, then run again.',
  },
  {
    matches: /CLUSTER|CLOUD_FAILURE|INVALID_CLUSTER_REQUEST/i,
    advice:
      'The cluster did not start: check databricks.jobCluster in steward.yaml (runtime, machine, access mode) and the cluster policies of the workspace.',
  },
]

/** What became of a run, in words: what Databricks says, and what to do next. */
export function explainRun(run: Run, error: string | null): string {
  const said = [run.terminationCode, run.message, error].filter(Boolean).join(': ')
  const advice =
    ADVICE.find(({ matches }) => matches.test(said))?.advice ?? 'Open the run to see what its notebook says.'
  const where = run.pageUrl === null ? '' : ` (${run.pageUrl})`
  return `Run ${run.runId} ended ${run.result ?? run.state}${where}. ${advice} Databricks says: ${said || 'nothing'}.`
}
