import type { DatabricksState } from '../guard.ts'
import { mayRead } from '../objects/access.ts'
import { normalizePath } from '../objects/paths.ts'
import type { Workspace } from '../workspace-state.ts'
import type { Outcome, ResolvedSecret, Run, TaskRun } from './job-state.ts'
import { lostCluster, neverBegan, refusedCluster, succeeded, threw } from './outcomes.ts'
import { findRunIdentity, type RunIdentity } from './run-identity.ts'
import type { NewCluster } from './settings.ts'
import { resolveSecrets } from './spark-secrets.ts'
import { findSignInError } from './storage-sign-in.ts'

/** How a task will end, known when its cluster starts, and which secrets the cluster read. */
export interface Start {
  readonly outcome: Outcome
  readonly secrets: readonly ResolvedSecret[]
}

function clusterOf({ settings }: Run, { task }: TaskRun): NewCluster {
  const shared = settings.job_clusters?.find(({ job_cluster_key: key }) => key === task.job_cluster_key)
  const cluster = task.new_cluster ?? shared?.new_cluster
  if (cluster === undefined) throw new Error(`task ${task.task_key} has no cluster`)
  return cluster
}

function isNotebookReadable(workspace: Workspace, { name, isAdmin }: RunIdentity, path: string): boolean {
  const notebook = workspace.objects.get(normalizePath(path))
  return notebook?.kind === 'notebook' && mayRead(workspace, { clientId: name, isAdmin }, notebook)
}

/** Decides a task as the service does: may a cluster be made, can its secrets be read, can the notebook, does it work. */
export function startCluster(state: DatabricksState, workspace: Workspace, run: Run, taskRun: TaskRun): Start {
  const none: readonly ResolvedSecret[] = []
  if (run.arrangedFailure !== null) return { outcome: neverBegan(run.arrangedFailure), secrets: none }
  const identity = findRunIdentity(workspace, run.jobId)
  if (identity === null) {
    const message = 'The identity used to run this job does not exist in the workspace or is not active'
    return { outcome: neverBegan({ code: 'UNAUTHORIZED_ERROR', message }), secrets: none }
  }
  if (!identity.mayCreateClusters) {
    const cause = 'PERMISSION_DENIED: You are not authorized to create clusters. Please contact your administrator.'
    return { outcome: refusedCluster(cause), secrets: none }
  }
  const cluster = resolveSecrets(state, workspace, identity.name, clusterOf(run, taskRun))
  if (cluster.kind === 'refused') {
    // What the workspace knows of it is said before there is a cluster, what a vault says only while one starts.
    const end = /keyvault/i.test(cluster.message) ? lostCluster : refusedCluster
    return { outcome: end(cluster.message), secrets: none }
  }
  const { secrets } = cluster
  const { notebook_path: path } = taskRun.task.notebook_task
  if (!isNotebookReadable(workspace, identity, path)) {
    const message = `Unable to access the notebook "${path}". Either it does not exist, or the identity used to run this job, ${identity.displayName} (${identity.name}), lacks the required permissions.`
    return { outcome: neverBegan({ code: 'RESOURCE_NOT_FOUND', message }), secrets }
  }
  const error = findSignInError(state.world, cluster.sparkConf)
  return { outcome: error === null ? succeeded : threw(error), secrets }
}
