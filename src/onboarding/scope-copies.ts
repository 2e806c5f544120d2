import { secretScopeName } from '../trust/marks.ts'
import type { OnboardingRequest } from './request.ts'
import type { LookContext } from './step.ts'

/** A credential of the onboarding's own that a scope in Databricks holds a copy of. */
export interface Copy {
  readonly vault: string
  readonly secretName: string
  readonly madeBy: 'client-secret' | 'access-token'
}

/** The scope that copies of this onboarding's credentials go to; null where there is none, or its vault shows them itself. */
export function copiedScopeName({ request, config }: Pick<LookContext, 'request' | 'config'>): string | null {
  const scope = request.databricks?.secretScope
  if (scope?.backend !== 'databricks') return null
  return secretScopeName(config.instance, config.databricks?.scopePrefix, scope.name)
}

/** What goes into such a scope, under the names of the vault's secrets, and the step that makes each. */
export function copiesOf({ clientSecret, databricks }: OnboardingRequest): Copy[] {
  const copies: Copy[] = []
  if (clientSecret) copies.push({ ...clientSecret, madeBy: 'client-secret' })
  if (databricks?.accessToken) copies.push({ ...databricks.accessToken, madeBy: 'access-token' })
  return copies
}
