/** A call of an onboarding, and which one of several alike. */
export interface UpstreamCall {
  readonly service: string
  readonly route: string
  /** How many of the same kind come before it. */
  readonly skip: number
}

/** Every outgoing request of an onboarding with all sections, by an app that has just started; held against the log by a test. */
export const UPSTREAM_CALLS: readonly UpstreamCall[] = [
  { service: 'identity', route: 'identity.token', skip: 0 },
  { service: 'identity', route: 'identity.token', skip: 1 },
  { service: 'identity', route: 'identity.token', skip: 2 },
  { service: 'graph', route: 'applications.get', skip: 0 },
  { service: 'keyvault', route: 'secrets.get', skip: 0 },
  { service: 'keyvault', route: 'secrets.get', skip: 1 },
  { service: 'databricks', route: 'groups.list', skip: 0 },
  { service: 'graph', route: 'applications.create', skip: 0 },
  { service: 'graph', route: 'applications.addPassword', skip: 0 },
  { service: 'graph', route: 'servicePrincipals.create', skip: 0 },
  { service: 'entra', route: 'token.v2', skip: 0 },
  { service: 'databricks', route: 'servicePrincipals.create', skip: 0 },
  { service: 'databricks', route: 'groups.patch', skip: 0 },
  { service: 'keyvault', route: 'secrets.set', skip: 0 },
]

export function describeCall({ service, route, skip }: UpstreamCall): string {
  return `${service} ${route}${skip > 0 ? ` (number ${skip + 1})` : ''}`
}
