import type { Job } from '../clients/databricks/client.ts'
import { type Owner, readJobTags } from '../trust/marks.ts'

export type JobClaim =
  | { readonly kind: 'none' }
  /** Marked as ours and made by Steward, oldest first; there is at least one. */
  | { readonly kind: 'marked'; readonly jobs: readonly Job[] }
  | JobRefusal

export type JobRefusal =
  | { readonly kind: 'refuse'; readonly reason: 'not-ours'; readonly job: Job }
  | { readonly kind: 'refuse'; readonly reason: 'belongs-to-another'; readonly job: Job; readonly belongsTo: string }
  | { readonly kind: 'refuse'; readonly reason: 'owned-by-another'; readonly job: Job; readonly ownedBy: string }

/** Which of the jobs of one name bear our mark: tags, which anybody may write, on what Steward's own identity created. */
export function claimJobs(owner: Owner, found: readonly Job[], ownClientId: string): JobClaim {
  const jobs = found
    .filter((job) => isMarkedFor(owner, job) && job.creator?.toLowerCase() === ownClientId.toLowerCase())
    .toSorted((a, b) => a.createdAt.getTime() - b.createdAt.getTime() || a.jobId.localeCompare(b.jobId))
  if (jobs.length > 0) return { kind: 'marked', jobs }
  const [other] = found
  if (!other) return { kind: 'none' }
  const mark = readJobTags(other.settings.tags)
  return mark && mark.instance === owner.instance && mark.name !== owner.name
    ? { kind: 'refuse', reason: 'belongs-to-another', job: other, belongsTo: mark.name }
    : { kind: 'refuse', reason: 'not-ours', job: other }
}

function isMarkedFor({ instance, name }: Owner, { settings }: Job): boolean {
  const mark = readJobTags(settings.tags)
  return mark?.instance === instance && mark.name === name
}
