import { planAccessTokenRemoval } from './removals/access-token.ts'
import { planApplicationRemoval } from './removals/application.ts'
import { planClientSecretRemoval } from './removals/client-secret.ts'
import { planJobRemoval } from './removals/job.ts'
import { planRoleAssignmentsRemoval } from './removals/role-assignments.ts'
import { planSecretAclRemoval } from './removals/secret-acl.ts'
import { planSecretScopeRemoval } from './removals/secret-scope.ts'
import { planWorkspacePrincipalRemoval } from './removals/workspace-principal.ts'
import type { OnboardingRequest } from './request.ts'
import { type Removal, STEP_NAMES, type Step, type StepName } from './step.ts'
import { accessTokenStep } from './steps/access-token.ts'
import { applicationStep } from './steps/application.ts'
import { clientSecretStep } from './steps/client-secret.ts'
import { jobStep } from './steps/job.ts'
import { jobPermissionsStep } from './steps/job-permissions.ts'
import { jobRunStep } from './steps/job-run.ts'
import { roleAssignmentsStep } from './steps/role-assignments.ts'
import { secretAclStep } from './steps/secret-acl.ts'
import { secretScopeStep } from './steps/secret-scope.ts'
import { tokenPermissionStep } from './steps/token-permission.ts'
import { workspacePrincipalStep } from './steps/workspace-principal.ts'

const STEPS: Readonly<Record<StepName, Step>> = {
  application: applicationStep,
  'client-secret': clientSecretStep,
  'workspace-principal': workspacePrincipalStep,
  'token-permission': tokenPermissionStep,
  'access-token': accessTokenStep,
  'secret-scope': secretScopeStep,
  'secret-acl': secretAclStep,
  job: jobStep,
  'job-permissions': jobPermissionsStep,
  'job-run': jobRunStep,
  'role-assignments': roleAssignmentsStep,
}

/** The steps that a request wants, in reading order. */
export function stepsOf(request: OnboardingRequest): Step[] {
  return STEP_NAMES.map((name) => STEPS[name]).filter((step) => step.isWanted(request))
}

/** What has its own removal; permissions and runs go with the job. */
export const REMOVABLE_STEPS = [
  'application',
  'client-secret',
  'workspace-principal',
  'access-token',
  'secret-scope',
  'secret-acl',
  'job',
  'role-assignments',
] as const satisfies readonly StepName[]

const REMOVALS: Readonly<Record<(typeof REMOVABLE_STEPS)[number], Removal['plan']>> = {
  application: planApplicationRemoval,
  'client-secret': planClientSecretRemoval,
  'workspace-principal': planWorkspacePrincipalRemoval,
  'access-token': planAccessTokenRemoval,
  'secret-scope': planSecretScopeRemoval,
  'secret-acl': planSecretAclRemoval,
  job: planJobRemoval,
  'role-assignments': planRoleAssignmentsRemoval,
}

/** What an offboarding removes: all that the request names, or of that the steps it picks; in reading order. */
export function removalsOf(request: OnboardingRequest, picked: readonly StepName[] | null): Removal[] {
  return REMOVABLE_STEPS.filter((name) => STEPS[name].isWanted(request) && (picked?.includes(name) ?? true)).map(
    (name) => ({ name, plan: REMOVALS[name] }),
  )
}

export function isStepName(name: string): name is StepName {
  return STEP_NAMES.some((known) => known === name)
}

/** A step and everything that it builds on, directly or not. */
export function withNeeds(name: StepName): ReadonlySet<StepName> {
  const found = new Set([name])
  for (const known of found) for (const need of STEPS[known].needs) found.add(need)
  return found
}
