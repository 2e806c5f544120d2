import type { Config } from '../platform/config-schema.ts'
import { type Issue, StewardError } from '../platform/errors.ts'
import { findPolicyContradictions } from '../platform/rotation-policy.ts'
import type { OnboardingRequest } from './request.ts'

/** What the request and the configuration together make of each credential's rotation must hold together. Throws `invalid-request`. */
export function requireSoundPolicies({ rotation }: Config, { clientSecret, databricks }: OnboardingRequest): void {
  const sections = [
    { path: 'clientSecret', section: clientSecret },
    { path: 'databricks.accessToken', section: databricks?.accessToken },
  ]
  const issues = sections.flatMap(({ path, section }): Issue[] => {
    if (!section) return []
    const lifetimeDays = section.lifetimeDays ?? rotation.lifetimeDays
    const contradictions = findPolicyContradictions({ ...rotation, ...section.policy, lifetimeDays })
    return contradictions.map(({ field, message }) => ({ path: `${path}.policy.${field}`, message }))
  })
  if (issues.length === 0) return
  throw new StewardError(
    'invalid-request',
    'The request and the rotation policy of the configuration contradict each other; nothing was changed.',
    { issues },
  )
}
