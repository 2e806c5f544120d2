import { ACCESS } from '../../src/trust/access.ts'

/** Every function of the app, by name. */
export const FUNCTION_NAMES: readonly string[] = [
  ...Object.keys(ACCESS),
  'run-onboarding',
  'resume-onboardings',
  'work-on-credential',
  'rotate-credentials',
  'on-secret-near-expiry',
]
