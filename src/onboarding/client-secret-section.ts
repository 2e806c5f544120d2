import type { OnboardingRequest } from './request.ts'

/** The section, which the step is wanted for. */
export function clientSecretSectionOf({
  clientSecret,
}: OnboardingRequest): NonNullable<OnboardingRequest['clientSecret']> {
  if (!clientSecret) throw new TypeError('the request has no clientSecret section')
  return clientSecret
}
