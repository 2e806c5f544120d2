/**
 * What the functions do, apart from their registration: the build makes a file of its own of this, which is loaded at the
 * first call. So a cold start reads only what registers (see docs/adr/0006).
 */
export { drainApp } from '../app.ts'
export { onSecretNearExpiry } from './events/on-secret-near-expiry.ts'
export { changeCredential } from './http/change-credential.ts'
export { getCredential } from './http/get-credential.ts'
export { getOnboarding } from './http/get-onboarding.ts'
export { health } from './http/health.ts'
export { listAccess } from './http/list-access.ts'
export { listCredentialHistory } from './http/list-credential-history.ts'
export { listCredentials } from './http/list-credentials.ts'
export { listOnboardings } from './http/list-onboardings.ts'
export { planOrStartOffboarding } from './http/plan-or-start-offboarding.ts'
export { planOrStartOnboarding } from './http/plan-or-start-onboarding.ts'
export { planRotations } from './http/plan-rotations.ts'
export { rotateCredential } from './http/rotate-credential.ts'
export { runOnboardingStep } from './http/run-onboarding-step.ts'
export { runOnboarding } from './queues/run-onboarding.ts'
export { workOnCredential } from './queues/work-on-credential.ts'
export { resumeOnboardings } from './timers/resume-onboardings.ts'
export { rotateCredentials } from './timers/rotate-credentials.ts'
