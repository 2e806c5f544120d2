import type { Grant, Job, JobSettings } from '../clients/databricks/client.ts'
import type { Owner } from '../trust/marks.ts'
import { claimJobs, type JobRefusal } from './claim-jobs.ts'
import { findOwner, isTrustedOwner } from './decide-job-permissions.ts'
import { findJobDifferences } from './job-differences.ts'

/** What is known of a job besides its settings. */
export interface JobHolding {
  readonly grants: readonly Grant[]
  /** Whom its runs act as; null when nobody. */
  readonly runAs: string | null
}

export interface JobState {
  /** Every job of the wished name: Databricks allows many. */
  readonly found: readonly Job[]
  /** Of those that bear our mark, by their ids. */
  readonly holdings: ReadonlyMap<string, JobHolding>
  /** Client id of Steward's own identity, which creates the jobs. */
  readonly ownClientId: string
  /** Whose job it is to be; null while there is no principal. */
  readonly applicationId: string | null
}

export type JobDecision =
  | { readonly kind: 'create' }
  | {
      readonly kind: 'keep'
      readonly job: Job
      readonly grants: readonly Grant[]
      /** Where it is not as wished; empty when it is. */
      readonly differences: readonly string[]
      /** Fields that others set and that have to go for it to be as wished. */
      readonly fieldsToRemove: readonly string[]
      /** Ours, too: made by a create whose answer was lost, and never handed over. */
      readonly duplicates: readonly Job[]
    }
  | JobRefusal

/**
 * Decides which job is the onboarding's. This job will run as the principal, and whoever manages a job of another
 * onboarding can write our tags on it: so ours is only what bears our tags, was created by Steward's own identity, and is
 * owned by it or by this very principal.
 */
export function decideJob(owner: Owner, wish: JobSettings, state: JobState): JobDecision {
  const { found, holdings, ownClientId, applicationId } = state
  const claim = claimJobs(owner, found, ownClientId)
  if (claim.kind === 'none') return { kind: 'create' }
  if (claim.kind === 'refuse') return claim
  const held = claim.jobs.flatMap((job) => {
    const { grants, runAs } = holdings.get(job.jobId) ?? { grants: [], runAs: null }
    return [{ job, grants, runAs, ownedBy: findOwner(grants) }]
  })
  const ours = held.filter(({ ownedBy }) => isTrustedOwner(ownedBy, { ownClientId, applicationId }))
  const isHandedOver = ({ ownedBy }: (typeof ours)[number]): boolean => !isOwnedBySteward(ownedBy, ownClientId)
  const kept = ours.find(isHandedOver) ?? ours[0]
  if (!kept) {
    const [{ job, ownedBy } = { job: claim.jobs[0] as Job, ownedBy: null }] = held
    return { kind: 'refuse', reason: 'owned-by-another', job, ownedBy: ownedBy?.name ?? 'nobody' }
  }
  const { job, grants, runAs, ownedBy } = kept
  const runsAsAnother = runAs !== null && ![ownedBy?.name, applicationId].some((name) => isSameName(name, runAs))
  return {
    kind: 'keep',
    job,
    grants,
    differences: [...findJobDifferences(wish, job.settings), ...(runsAsAnother ? ['whom it runs as'] : [])],
    fieldsToRemove: [
      ...job.settings.tasks.flatMap(({ key }) => (key === wish.task.key ? [] : [`tasks/${key}`])),
      ...(job.settings.hasGitSource ? ['git_source'] : []),
      ...(runsAsAnother ? ['run_as'] : []),
    ],
    duplicates: ours.filter((each) => each !== kept && !isHandedOver(each)).map((each) => each.job),
  }
}

/** Whether nobody was given the job yet. */
export function isOwnedBySteward(ownedBy: Grant['principal'] | null, ownClientId: string): boolean {
  return ownedBy?.kind === 'service-principal' && isSameName(ownedBy.name, ownClientId)
}

function isSameName(a: string | null | undefined, b: string): boolean {
  return a?.toLowerCase() === b.toLowerCase()
}
