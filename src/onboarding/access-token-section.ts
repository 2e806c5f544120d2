import type { OnboardingRequest } from './request.ts'

type Databricks = NonNullable<OnboardingRequest['databricks']>

/** The section, which the steps about tokens are wanted for. */
export function accessTokenSectionOf({ databricks }: OnboardingRequest): {
  readonly workspaceUrl: string
  readonly accessToken: NonNullable<Databricks['accessToken']>
} {
  if (!databricks?.accessToken) throw new TypeError('the request has no databricks.accessToken section')
  return { workspaceUrl: databricks.workspace, accessToken: databricks.accessToken }
}
