import { StewardError } from '../platform/errors.ts'
import type { JobRefusal } from './claim-jobs.ts'

/** Why the job of the wished name cannot be used, or removed, as the onboarding's own. */
export function explainJobRefusal(refusal: JobRefusal, target: string): StewardError {
  const { job } = refusal
  const data = { jobId: job.jobId }
  switch (refusal.reason) {
    case 'belongs-to-another':
      return new StewardError(
        'belongs-to-another',
        `The ${target} (id ${job.jobId}) belongs to the onboarding "${refusal.belongsTo}". Choose another name for the job.`,
        { data },
      )
    case 'owned-by-another':
      return new StewardError(
        'not-ours',
        `The ${target} (id ${job.jobId}) bears our tags, but is owned by ${refusal.ownedBy}, who is neither Steward nor the principal of this onboarding. Have a workspace admin rename or delete it, or make Steward its owner.`,
        { data },
      )
    case 'not-ours':
      return new StewardError(
        'not-ours',
        `The ${target} (id ${job.jobId}) is there already and Steward did not make it. Choose another name for the job, or have a workspace admin rename that one.`,
        { data },
      )
  }
}

/** Why a job is not handed to the principal: its owner changed since it was looked at. */
export function explainOwner(ownedBy: string, target: string): StewardError {
  return new StewardError(
    'not-ours',
    `The ${target} is owned by ${ownedBy} by now, who is neither Steward nor the principal of this onboarding. Have a workspace admin make Steward its owner, then start the onboarding again.`,
  )
}

export function explainManagers(managers: readonly string[], target: string): StewardError {
  return new StewardError(
    'differs',
    `The ${target} can be changed by ${managers.join(', ')}, who could run anything as the principal. Take CAN_MANAGE on it away from them, or name the group in databricks.job.managers, then start the onboarding again.`,
  )
}

export function explainEditors(editors: readonly string[], target: string): StewardError {
  return new StewardError(
    'differs',
    `The notebook of the ${target} can be changed by ${editors.join(', ')}, who could run anything as the principal. Take that right away from them (on the notebook or the folder above it), then start the onboarding again.`,
  )
}
