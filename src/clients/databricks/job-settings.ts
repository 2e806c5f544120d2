import { z } from 'zod'
import { int64Id } from '../int64.ts'

/** The machines that a task gets for itself. */
export interface JobCluster {
  readonly sparkVersion: string
  readonly nodeTypeId: string
  readonly numWorkers: number
  readonly dataSecurityMode: string
  readonly sparkConf: Readonly<Record<string, string>>
}

/** What Steward's jobs are made of: one notebook on one cluster. */
export interface JobSettings {
  readonly name: string
  readonly tags: Readonly<Record<string, string>>
  readonly timeoutSeconds: number
  readonly task: {
    readonly key: string
    readonly notebookPath: string
    readonly cluster: JobCluster
  }
}

export interface JobTask {
  readonly key: string
  /** Null for a task of another kind. */
  readonly notebookPath: string | null
  /** Whether the notebook comes from a repository instead of the workspace. */
  readonly isFromGit: boolean
  /** Null for a cluster that is shared, there already, or of a size that changes. */
  readonly cluster: JobCluster | null
  /** Whether more code comes to the cluster: libraries, or scripts that run when it starts. */
  readonly hasAddedCode: boolean
}

export interface Job {
  readonly jobId: string
  /** Name of the user or application id of the service principal; null when it is gone. */
  readonly creator: string | null
  readonly createdAt: Date
  readonly settings: {
    readonly name: string
    readonly tags: Readonly<Record<string, string>>
    readonly timeoutSeconds: number | null
    /** Whether a repository is named that tasks may take their code from. */
    readonly hasGitSource: boolean
    readonly tasks: readonly JobTask[]
  }
}

/** Milliseconds since 1970, within what a `Date` holds. */
export const epochMs = z
  .int()
  .nonnegative()
  .max(8.64e15)
  .transform((ms) => new Date(ms))

const text = z.string().max(4096)
const settingValues = z.record(text, z.string().max(65_536))

/** What is only looked at for whether it is there. */
const anything = z.array(z.unknown()).max(1000).nullish()

const clusterAnswer = z
  .object({
    spark_version: text.nullish(),
    node_type_id: text.nullish(),
    num_workers: z.int().nonnegative().nullish(),
    data_security_mode: text.nullish(),
    spark_conf: settingValues.nullish(),
    init_scripts: anything,
  })
  .transform(({ spark_version, node_type_id, num_workers, data_security_mode, spark_conf, init_scripts }) => ({
    hasInitScripts: Boolean(init_scripts?.length),
    cluster:
      spark_version == null || node_type_id == null || num_workers == null
        ? null
        : {
            sparkVersion: spark_version,
            nodeTypeId: node_type_id,
            numWorkers: num_workers,
            dataSecurityMode: data_security_mode ?? 'NONE',
            sparkConf: spark_conf ?? {},
          },
  }))

const taskAnswer = z
  .object({
    task_key: text,
    notebook_task: z.object({ notebook_path: text, source: text.nullish() }).nullish(),
    new_cluster: clusterAnswer.nullish(),
    libraries: anything,
  })
  .transform(
    ({ task_key, notebook_task, new_cluster, libraries }): JobTask => ({
      key: task_key,
      notebookPath: notebook_task?.notebook_path ?? null,
      isFromGit: notebook_task?.source === 'GIT',
      cluster: new_cluster?.cluster ?? null,
      hasAddedCode: Boolean(libraries?.length) || new_cluster?.hasInitScripts === true,
    }),
  )

export const jobAnswer = z
  .object({
    job_id: int64Id,
    creator_user_name: text.nullish(),
    created_time: epochMs,
    settings: z.object({
      name: text.default(''),
      tags: settingValues.default({}),
      timeout_seconds: z.int().nullish(),
      git_source: z.unknown().optional(),
      tasks: z.array(taskAnswer).max(1000).default([]),
    }),
  })
  .transform(
    ({ job_id, creator_user_name, created_time, settings }): Job => ({
      jobId: job_id,
      creator: creator_user_name ?? null,
      createdAt: created_time,
      settings: {
        name: settings.name,
        tags: settings.tags,
        timeoutSeconds: settings.timeout_seconds ?? null,
        hasGitSource: settings.git_source != null,
        tasks: settings.tasks,
      },
    }),
  )

/** The settings as the API has them. Two runs at once would help nobody. */
export function renderJobSettings({ name, tags, timeoutSeconds, task }: JobSettings) {
  const { sparkVersion, nodeTypeId, numWorkers, dataSecurityMode, sparkConf } = task.cluster
  return {
    name,
    tags,
    timeout_seconds: timeoutSeconds,
    max_concurrent_runs: 1,
    tasks: [
      {
        task_key: task.key,
        notebook_task: { notebook_path: task.notebookPath, source: 'WORKSPACE' },
        new_cluster: {
          spark_version: sparkVersion,
          node_type_id: nodeTypeId,
          num_workers: numWorkers,
          data_security_mode: dataSecurityMode,
          spark_conf: sparkConf,
        },
      },
    ],
  }
}
