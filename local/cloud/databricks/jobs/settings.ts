import { z } from 'zod'

const texts = z.record(z.string(), z.string())
const recipients = z.array(z.string())

const emailNotifications = z.strictObject({
  on_start: recipients.optional(),
  on_success: recipients.optional(),
  on_failure: recipients.optional(),
  no_alert_for_skipped_runs: z.boolean().optional(),
})

const clusterShape = z.strictObject({
  cluster_name: z.string().optional(),
  spark_version: z.string(),
  node_type_id: z.string(),
  driver_node_type_id: z.string().optional(),
  num_workers: z.int().nonnegative().optional(),
  autoscale: z.strictObject({ min_workers: z.int(), max_workers: z.int() }).optional(),
  spark_conf: texts.optional(),
  spark_env_vars: texts.optional(),
  custom_tags: texts.optional(),
  data_security_mode: z
    .enum([
      'NONE',
      'SINGLE_USER',
      'USER_ISOLATION',
      'LEGACY_TABLE_ACL',
      'LEGACY_PASSTHROUGH',
      'LEGACY_SINGLE_USER',
      'LEGACY_SINGLE_USER_STANDARD',
      'DATA_SECURITY_MODE_AUTO',
      'DATA_SECURITY_MODE_DEDICATED',
      'DATA_SECURITY_MODE_STANDARD',
    ])
    .optional(),
  single_user_name: z.string().optional(),
  runtime_engine: z.enum(['NULL', 'PHOTON', 'STANDARD']).optional(),
  policy_id: z.string().optional(),
  azure_attributes: z
    .strictObject({
      availability: z.enum(['ON_DEMAND_AZURE', 'SPOT_AZURE', 'SPOT_WITH_FALLBACK_AZURE']).optional(),
      first_on_demand: z.int().optional(),
      spot_bid_max_price: z.number().optional(),
    })
    .optional(),
  enable_elastic_disk: z.boolean().optional(),
  init_scripts: z.array(z.strictObject({ workspace: z.strictObject({ destination: z.string() }) })).optional(),
})

const newCluster = clusterShape
  .refine(({ num_workers, autoscale }) => num_workers !== undefined || autoscale !== undefined, {
    error: 'Cluster validation error: Missing required field: settings.cluster_spec.new_cluster.size',
  })
  .transform((cluster) => ({
    ...cluster,
    azure_attributes: {
      availability: 'ON_DEMAND_AZURE' as const,
      first_on_demand: 1,
      spot_bid_max_price: -1,
      ...cluster.azure_attributes,
    },
    enable_elastic_disk: cluster.enable_elastic_disk ?? true,
  }))

export type NewCluster = z.infer<typeof newCluster>

/** The tasks that this fake can run, notebooks on a cluster of their own or of the job, and how they are shown again. */
const task = z
  .strictObject({
    task_key: z.string().regex(/^[A-Za-z0-9_-]{1,100}$/, 'Task key may have letters, digits, - and _ only'),
    description: z.string().optional(),
    notebook_task: z.strictObject({
      notebook_path: z.string(),
      source: z.enum(['WORKSPACE', 'GIT']).default('WORKSPACE'),
      base_parameters: texts.optional(),
    }),
    new_cluster: newCluster.optional(),
    libraries: z.array(z.strictObject({ pypi: z.strictObject({ package: z.string() }) })).optional(),
    job_cluster_key: z.string().optional(),
    existing_cluster_id: z.string().optional(),
    run_if: z.enum(['ALL_SUCCESS']).default('ALL_SUCCESS'),
    timeout_seconds: z.int().nonnegative().default(0),
    max_retries: z.literal(0).optional(),
    email_notifications: emailNotifications.default({}),
  })
  .superRefine(({ task_key: key, new_cluster, job_cluster_key, existing_cluster_id }, { addIssue }) => {
    const named = [new_cluster, job_cluster_key, existing_cluster_id].filter((each) => each !== undefined)
    if (named.length !== 1) {
      addIssue(`Task ${key} must specify exactly one of new_cluster, job_cluster_key and existing_cluster_id`)
    }
    if (existing_cluster_id !== undefined) addIssue(`Cluster ${existing_cluster_id} does not exist`)
  })

/** Fields of a job, each as it is without its default. */
const shape = {
  name: z.string(),
  description: z.string(),
  tags: texts.refine((tags) => Object.keys(tags).length <= 25, { error: 'A job can have at most 25 tags' }),
  tasks: z.array(task),
  job_clusters: z.array(z.strictObject({ job_cluster_key: z.string(), new_cluster: newCluster })),
  max_concurrent_runs: z.int().min(0).max(1000),
  timeout_seconds: z.int().nonnegative(),
  email_notifications: emailNotifications,
  git_source: z.strictObject({
    git_url: z.url({ protocol: /^https$/ }),
    git_provider: z.enum(['gitHub', 'azureDevOpsServices']),
    git_branch: z.string(),
  }),
  run_as: z.strictObject({ service_principal_name: z.string() }),
  format: z.literal('MULTI_TASK'),
}

/** What create and reset take: a job whole. */
export const jobSettings = z
  .strictObject({
    ...shape,
    name: shape.name.default('Untitled'),
    description: shape.description.optional(),
    tags: shape.tags.optional(),
    tasks: shape.tasks.default([]),
    job_clusters: shape.job_clusters.optional(),
    max_concurrent_runs: shape.max_concurrent_runs.default(1),
    timeout_seconds: shape.timeout_seconds.default(0),
    email_notifications: shape.email_notifications.default({}),
    git_source: shape.git_source.optional(),
    run_as: shape.run_as.optional(),
    format: shape.format.default('MULTI_TASK'),
  })
  .superRefine(({ tasks, job_clusters = [] }, { addIssue }) => {
    const keys = tasks.map(({ task_key }) => task_key)
    const repeated = keys.find((key, index) => keys.indexOf(key) !== index)
    if (repeated !== undefined) addIssue(`Duplicate task key: ${repeated}`)
    const clusters = job_clusters.map(({ job_cluster_key }) => job_cluster_key)
    const dangling = tasks.find(({ job_cluster_key: key }) => key !== undefined && !clusters.includes(key))
    if (dangling !== undefined) {
      addIssue(`Task ${dangling.task_key} references the job cluster ${dangling.job_cluster_key}, which is not defined`)
    }
  })

export type JobSettings = z.infer<typeof jobSettings>

/** What update takes: only the fields that change. */
export const jobSettingsChange = z.strictObject(shape).partial()

export type JobSettingsChange = z.infer<typeof jobSettingsChange>
