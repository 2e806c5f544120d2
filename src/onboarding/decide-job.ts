import type { Job, JobSettings } from '../clients/databricks/client.ts'
import { type Owner, readJobTags } from '../trust/marks.ts'

export interface JobState {
  /** Every job of the wished name: Databricks allows many. */
  readonly found: readonly Job[]
  /** Client id of Steward's own identity, which creates the jobs. */
  readonly ownClientId: string
}

export type JobDecision =
  | { readonly kind: 'create' }
  | {
      readonly kind: 'keep'
      readonly job: Job
      /** Where it is not as wished; empty when it is. */
      readonly differences: readonly string[]
      /** Ours, too: made by a create whose answer was lost. */
      readonly duplicates: readonly Job[]
    }
  | { readonly kind: 'refuse'; readonly reason: 'not-ours'; readonly job: Job }
  | { readonly kind: 'refuse'; readonly reason: 'belongs-to-another'; readonly job: Job; readonly belongsTo: string }

/**
 * Decides which job is the onboarding's. Tags can be written by anybody who may create jobs, and this job will run as
 * the principal: so ours is only what bears our tags and was created by Steward's own identity.
 */
export function decideJob(owner: Owner, wish: JobSettings, { found, ownClientId }: JobState): JobDecision {
  const ours = found
    .filter((job) => isMarkedFor(owner, job) && job.creator?.toLowerCase() === ownClientId.toLowerCase())
    .toSorted((a, b) => a.createdAt.getTime() - b.createdAt.getTime() || a.jobId.localeCompare(b.jobId))
  const [job, ...duplicates] = ours
  if (job) return { kind: 'keep', job, differences: findDifferences(wish, job.settings), duplicates }
  const [other] = found
  if (!other) return { kind: 'create' }
  const mark = readJobTags(other.settings.tags)
  return mark && mark.instance === owner.instance && mark.name !== owner.name
    ? { kind: 'refuse', reason: 'belongs-to-another', job: other, belongsTo: mark.name }
    : { kind: 'refuse', reason: 'not-ours', job: other }
}

function isMarkedFor({ instance, name }: Owner, { settings }: Job): boolean {
  const mark = readJobTags(settings.tags)
  return mark?.instance === instance && mark.name === name
}

/** In which of what Steward sets the job is not as wished; what others add, such as a schedule, is theirs. */
function findDifferences(wish: JobSettings, actual: Job['settings']): string[] {
  const differences: string[] = []
  if (actual.timeoutSeconds !== wish.timeoutSeconds) differences.push('timeout')
  const [task, ...others] = actual.tasks
  if (!task || others.length > 0 || task.key !== wish.task.key) return [...differences, 'tasks']
  if (task.notebookPath !== wish.task.notebookPath) differences.push('notebook')
  if (task.cluster === null) return [...differences, 'cluster']
  const { sparkConf, ...machines } = wish.task.cluster
  const { sparkConf: actualConf, ...actualMachines } = task.cluster
  if (!isSameRecord(machines, actualMachines)) differences.push('cluster')
  if (!isSameRecord(sparkConf, actualConf)) differences.push('Spark settings')
  return differences
}

function isSameRecord(
  wish: Readonly<Record<string, string | number>>,
  actual: Readonly<Record<string, string | number>>,
): boolean {
  const keys = new Set([...Object.keys(wish), ...Object.keys(actual)])
  return [...keys].every((key) => wish[key] === actual[key])
}
