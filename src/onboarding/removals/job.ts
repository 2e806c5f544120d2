import { notebookFolder } from '../../trust/marks.ts'
import { claimJobs } from '../claim-jobs.ts'
import { explainJobRefusal } from '../explain-job.ts'
import { jobSectionOf, notebookPathOf, rootOf } from '../job-settings.ts'
import type { Change, LookContext, StepPlan } from '../step.ts'

/** Deletes the job with its runs, its notebook, and the onboarding's folder when nothing else is in it. */
export async function planJobRemoval(context: LookContext): Promise<StepPlan> {
  const { request, config, owner, services } = context
  const section = jobSectionOf(request)
  const workspace = services.workspace(section.workspaceUrl)
  const path = notebookPathOf(config, owner, section)
  const [found, notebook, { clientId: ownClientId }] = await Promise.all([
    workspace.listJobs(section.job.name),
    workspace.getObjectStatus(path),
    services.whoAmI(),
  ])
  const claim = claimJobs(owner, found, ownClientId)
  const host = new URL(section.workspaceUrl).hostname
  const jobs = claim.kind === 'marked' ? claim.jobs : []
  const changes = jobs.map(
    ({ jobId }): Change => ({
      action: 'remove',
      target: `job ${section.job.name} (id ${jobId}) in ${host}`,
      reason: 'offboarded',
    }),
  )
  const isNotebookThere = notebook?.kind === 'notebook'
  const folder = notebookFolder(rootOf(config), owner)
  // An offboarding that was cut short has left it empty.
  const isFolderThere = isNotebookThere || (await workspace.getObjectStatus(folder)) !== null
  if (isNotebookThere) changes.push({ action: 'remove', target: `notebook ${path} in ${host}`, reason: 'offboarded' })
  else if (isFolderThere)
    changes.push({ action: 'remove', target: `folder ${folder} in ${host}`, reason: 'offboarded' })
  const refusal = claim.kind === 'refuse' ? explainJobRefusal(claim, `job ${section.job.name} in ${host}`) : undefined
  return {
    changes,
    ...(refusal ? { refusal } : {}),
    apply: async ({ guard }) => {
      for (const { jobId } of jobs) {
        guard()
        await workspace.cancelAllRuns(jobId)
        guard()
        await workspace.deleteJob(jobId)
      }
      if (isNotebookThere) {
        guard()
        await workspace.deleteObject(path)
      }
      if (isFolderThere) {
        guard()
        await workspace.deleteObject(folder)
      }
    },
  }
}
