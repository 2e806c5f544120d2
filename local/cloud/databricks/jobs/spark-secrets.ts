import { createHash } from 'node:crypto'
import type { DatabricksState } from '../guard.ts'
import { resolveSecret } from '../secrets/resolve.ts'
import type { Workspace } from '../workspace-state.ts'
import type { ResolvedSecret } from './job-state.ts'
import type { NewCluster } from './settings.ts'

const REFERENCE = /^\{\{secrets\/(?<scope>[^/{}]+)\/(?<key>[^/{}]+)\}\}$/

/** A cluster's Spark settings with the secrets put in, and which those were. */
export type ClusterSecrets =
  | {
      readonly kind: 'resolved'
      readonly sparkConf: Readonly<Record<string, string>>
      readonly secrets: readonly ResolvedSecret[]
    }
  | { readonly kind: 'refused'; readonly message: string }

/** Reads every secret that a cluster's Spark settings and environment name, each a value that is nothing but a reference. */
export function resolveSecrets(
  state: DatabricksState,
  workspace: Workspace,
  applicationId: string,
  { spark_conf = {}, spark_env_vars = {} }: NewCluster,
): ClusterSecrets {
  const sparkConf = { ...spark_conf }
  const secrets: ResolvedSecret[] = []
  for (const [name, text] of [...Object.entries(spark_conf), ...Object.entries(spark_env_vars)]) {
    const { scope, key } = REFERENCE.exec(text.trim())?.groups ?? {}
    if (scope === undefined || key === undefined) continue
    const secret = resolveSecret(state, workspace, { scope, key, applicationId })
    if (secret.kind === 'refused') return secret
    secrets.push({ scope, key, sha256: createHash('sha256').update(secret.value).digest('hex') })
    if (spark_conf[name] === text) sparkConf[name] = secret.value
  }
  return { kind: 'resolved', sparkConf, secrets }
}
