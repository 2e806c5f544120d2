import { createStorage } from './clients/storage/storage.ts'
import { composeRotation, type Rotation } from './compose-rotation.ts'
import { composeServices } from './compose-services.ts'
import type { RunOutcome } from './onboarding/end-run.ts'
import { type Access, listAccess } from './onboarding/list-access.ts'
import {
  combineObstacles,
  describePlan,
  findObstacles,
  type OnboardingPlan,
  type PlannedStep,
  planOffboarding,
  planOnboarding,
} from './onboarding/plan.ts'
import type { OnboardingRecord, StoredRecord } from './onboarding/record.ts'
import type { OnboardingRequest } from './onboarding/request.ts'
import { resumeOnboardings } from './onboarding/resume.ts'
import { describeBase, type RunTrigger, runOnboarding } from './onboarding/run.ts'
import { boundDelay, type Enqueue } from './onboarding/run-message.ts'
import type { StartOptions } from './onboarding/start.ts'
import { startOnboarding } from './onboarding/start.ts'
import type { LookContext, StepName } from './onboarding/step.ts'
import { removalsOf } from './onboarding/steps.ts'
import { createOnboardingStore } from './onboarding/table-store.ts'
import { isAuthenticationOn } from './platform/access-mode.ts'
import { CLOUDS } from './platform/clouds.ts'
import { readSettings, type Settings } from './platform/config.ts'
import { correlation } from './platform/correlation.ts'
import { createDraining } from './platform/draining.ts'
import { StewardError } from './platform/errors.ts'
import { loadAzureCredential } from './platform/identity.ts'
import { limits } from './platform/limits.ts'
import { createLog, type Log } from './platform/log.ts'
import { CONTAINERS, QUEUES, TABLES } from './platform/storage-names.ts'
import { systemTime, type Time } from './platform/time.ts'
import { rememberCredential } from './rotation/remember-credential.ts'
import type { CredentialIdentity, CredentialRef } from './rotation/status.ts'
import { createStatusStore } from './rotation/table-store.ts'
import type { EnqueueWork } from './rotation/work-message.ts'
import { createAuditTrail, createIdempotencyStore } from './trust/table-stores.ts'

/** What would be done, and what stands in the way. */
export interface PlanAnswer {
  readonly steps: readonly PlannedStep[]
  readonly obstacle: StewardError | null
}

/** What the doors work with: settings, and each thing Steward can do. */
export interface App {
  readonly settings: Settings
  readonly log: Log
  readonly time: Time
  /** Whether storage answers; everything else about readiness was judged when the app was composed. */
  isReady(): Promise<boolean>
  planOnboarding(request: OnboardingRequest): Promise<PlanAnswer>
  planOffboarding(request: OnboardingRequest, steps: readonly StepName[]): Promise<PlanAnswer>
  startOnboarding(options: StartOptions): Promise<OnboardingRecord>
  runOnboarding(onboardingId: string, trigger: RunTrigger): Promise<RunOutcome>
  listAccess(resourceId: string): Promise<Access[]>
  resumeOnboardings(): Promise<void>
  readonly enqueueOnboarding: Enqueue
  readonly rotation: Rotation
  /** Lets runs put their work down, for another instance to go on with; resolves when they have. */
  drain(): Promise<void>
  readonly onboardings: {
    get(onboardingId: string): Promise<StoredRecord | null>
    list(limit: number): Promise<OnboardingRecord[]>
  }
}

type Environment = Readonly<Record<string, string | undefined>>

/** Plans for HTTP may look for this long. */
const PLAN_MS = 60_000

/**
 * The one place that builds real clients. Throws `configuration-invalid`, with every issue in the log, when a setting is
 * wrong.
 */
export function composeApp(environment: Environment): App {
  const log = createLog((_level, line) => process.stderr.write(`${line}\n`))
  const settings = readSettingsOrSay(environment, log)
  const time = systemTime
  const remote = composeServices(environment, settings, log, time)
  const storage = createStorage({
    source: settings.storage,
    loadCredential: () => loadAzureCredential(environment, CLOUDS[settings.config.cloud]),
    tables: Object.values(TABLES),
    queues: Object.values(QUEUES),
    leaseContainer: CONTAINERS.leases,
    endpointSuffix: CLOUDS[settings.config.cloud].storageSuffix,
  })
  const store = createOnboardingStore(storage.table(TABLES.onboardings), log)
  const draining = createDraining(time)
  const { config } = settings
  const enqueueOnboarding: Enqueue = (message, delayMs) =>
    storage.queues.send(
      QUEUES.onboardings,
      { correlationId: correlation.getStore()?.id, ...message },
      { delaySeconds: Math.ceil(boundDelay(delayMs) / 1000) },
    )
  const audit = createAuditTrail(storage.table(TABLES.audit), time)
  const statuses = createStatusStore(
    { statuses: storage.table(TABLES.credentials), history: storage.table(TABLES.rotations) },
    log,
  )
  const enqueueWork: EnqueueWork = (message, delayMs) =>
    storage.queues.send(
      QUEUES.rotations,
      { correlationId: correlation.getStore()?.id, ...message },
      { delaySeconds: Math.ceil(boundDelay(delayMs) / 1000) },
    )
  const services = {
    ...remote,
    credentials: {
      remember: (place: CredentialRef, identity: CredentialIdentity) => rememberCredential(statuses, place, identity),
      forget: (place: CredentialRef) => statuses.forget(place),
    },
  }
  const ports = {
    config,
    tenantId: settings.tenantId,
    services,
    store,
    leases: storage.leases,
    audit,
    idempotency: createIdempotencyStore(storage.table(TABLES.idempotency)),
    enqueue: enqueueOnboarding,
    draining,
    time,
    log,
  }
  const look = async (
    request: OnboardingRequest,
    plan: (context: LookContext) => Promise<OnboardingPlan>,
  ): Promise<PlanAnswer> => {
    const patience = { time, deadline: time.elapsed() + PLAN_MS }
    const looked = await limits.run({ deadline: patience.deadline }, () => plan(describeBase(ports, request, patience)))
    return { steps: describePlan(looked), obstacle: combineObstacles(findObstacles(looked)) }
  }
  return {
    settings,
    log,
    time,
    isReady: () => isReady(settings, environment, () => storage.table(TABLES.onboardings).get('health', 'health'), log),
    planOnboarding: (request) => look(request, (context) => planOnboarding(context)),
    planOffboarding: (request, steps) =>
      look(request, (context) => planOffboarding(context, removalsOf(request, steps))),
    startOnboarding: (options) => startOnboarding(ports, options),
    runOnboarding: (onboardingId, trigger) => draining.watch(() => runOnboarding(ports, onboardingId, trigger)),
    listAccess: (resourceId) => listAccess(ports, resourceId),
    resumeOnboardings: () => resumeOnboardings(ports),
    rotation: composeRotation({
      config,
      services: remote,
      store: statuses,
      leases: storage.leases,
      audit,
      enqueue: enqueueWork,
      draining,
      time,
      log,
    }),
    enqueueOnboarding,
    drain: () => draining.begin(),
    onboardings: store,
  }
}

function readSettingsOrSay(environment: Environment, log: Log): Settings {
  try {
    return readSettings(environment)
  } catch (error) {
    if (error instanceof StewardError) log.error('configuration-invalid', { issues: error.issues })
    throw error
  }
}

async function isReady(
  settings: Settings,
  environment: Environment,
  touchStorage: () => Promise<unknown>,
  log: Log,
): Promise<boolean> {
  if (settings.access === 'entra' && !isAuthenticationOn(environment)) {
    log.error('not-ready', {
      reason: 'STEWARD_ACCESS is "entra" but App Service authentication is off (WEBSITE_AUTH_ENABLED)',
    })
    return false
  }
  return touchStorage().then(
    () => true,
    (error: unknown) => {
      log.error('not-ready', { reason: 'storage does not answer', error })
      return false
    },
  )
}
