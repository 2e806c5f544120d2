import type { JobSettings } from '../clients/databricks/client.ts'
import type { Cloud } from '../platform/clouds.ts'
import type { Config } from '../platform/config-schema.ts'
import { jobTags, notebookFolder, type Owner, secretScopeName } from '../trust/marks.ts'
import type { OnboardingRequest } from './request.ts'

type Databricks = NonNullable<OnboardingRequest['databricks']>

/** Everything about the request's job that is known before it exists. */
export interface JobSection {
  readonly job: NonNullable<Databricks['job']>
  readonly scope: NonNullable<Databricks['secretScope']>
  readonly secretName: string
  readonly workspaceUrl: string
}

/** Databricks ends a run that takes longer, so that nobody waits for one for ever. */
export const RUN_TIMEOUT_SECONDS = 3600

/** The sections that a job is made of; the request was judged to have them all. */
export function jobSectionOf({ databricks, clientSecret }: OnboardingRequest): JobSection {
  if (!databricks?.job || !databricks.secretScope || !clientSecret) throw new TypeError('the request has no job')
  return {
    job: databricks.job,
    scope: databricks.secretScope,
    secretName: clientSecret.secretName,
    workspaceUrl: databricks.workspace,
  }
}

export function notebookPathOf(config: Config, owner: Owner, { job }: JobSection): string {
  return `${notebookFolder(rootOf(config), owner)}/${job.name}`
}

export function rootOf({ databricks }: Config): string {
  if (!databricks) throw new TypeError('the configuration has no databricks section')
  return databricks.notebookRoot
}

export interface JobWish {
  readonly config: Config
  readonly cloud: Cloud
  readonly tenantId: string
  readonly owner: Owner
  readonly section: JobSection
  readonly clientId: string
}

/** Settings of the job: one task, on a cluster that signs in to the storage account as the principal. */
export function describeJob({ config, cloud, tenantId, owner, section, clientId }: JobWish): JobSettings {
  const cluster = config.databricks?.jobCluster
  if (!cluster) throw new TypeError('the configuration has no databricks.jobCluster')
  const { job, scope, secretName } = section
  const scopeName = secretScopeName(config.instance, config.databricks?.scopePrefix, scope.name)
  return {
    name: job.name,
    tags: jobTags(owner),
    timeoutSeconds: RUN_TIMEOUT_SECONDS,
    task: {
      key: 'check',
      notebookPath: notebookPathOf(config, owner, section),
      cluster: {
        ...cluster,
        sparkConf: describeSparkSettings({
          cloud,
          tenantId,
          storageAccount: job.storageAccount,
          clientId,
          secretReference: secretReference(scopeName, secretName),
        }),
      },
    },
  }
}

/** How a cluster's settings name a secret; resolved when the cluster starts, with the rights of who runs the job. */
export function secretReference(scopeName: string, secretName: string): string {
  return `{{secrets/${scopeName}/${secretName}}}`
}

export interface SparkWish {
  readonly cloud: Pick<Cloud, 'authorityHost' | 'storageSuffix'>
  readonly tenantId: string
  readonly storageAccount: string
  readonly clientId: string
  readonly secretReference: string
}

/**
 * The five settings by which Spark signs in to a storage account as a service principal
 * (https://learn.microsoft.com/azure/databricks/connect/storage/azure-storage).
 */
export function describeSparkSettings(wish: SparkWish): Record<string, string> {
  const { cloud, tenantId, storageAccount, clientId } = wish
  const host = `${storageAccount}.dfs.${cloud.storageSuffix}`
  return {
    [`fs.azure.account.auth.type.${host}`]: 'OAuth',
    [`fs.azure.account.oauth.provider.type.${host}`]: 'org.apache.hadoop.fs.azurebfs.oauth2.ClientCredsTokenProvider',
    [`fs.azure.account.oauth2.client.id.${host}`]: clientId,
    [`fs.azure.account.oauth2.client.secret.${host}`]: wish.secretReference,
    [`fs.azure.account.oauth2.client.endpoint.${host}`]: `https://${cloud.authorityHost}/${tenantId}/oauth2/token`,
  }
}

/** Source of the notebook: it succeeds where the cluster starts, or where the path can be read. */
export function writeNotebook({ job }: JobSection, cloud: Pick<Cloud, 'storageSuffix'>): string {
  if (job.readPath === undefined) return 'SELECT 1'
  const slash = job.readPath.indexOf('/')
  const [container, path] = [job.readPath.slice(0, slash), job.readPath.slice(slash + 1)]
  return `SELECT path, length FROM binaryFile.\`abfss://${container}@${job.storageAccount}.dfs.${cloud.storageSuffix}/${path}\` LIMIT 10`
}

/** Databricks writes a line of its own above the source of every notebook, which says nothing. */
export function isSameSource(stored: string, wished: string): boolean {
  const strip = (source: string): string => source.replace(/^(--|#|\/\/) Databricks notebook source\r?\n?/, '').trim()
  return strip(stored) === strip(wished)
}
