import fetch from 'node-fetch'
import { createArmClient } from './clients/arm/client.ts'
import { createMachineLearningClient } from './clients/azureml/client.ts'
import { createDatabricksClient } from './clients/databricks/client.ts'
import { createEntraClient } from './clients/entra/client.ts'
import { createGraphClient } from './clients/graph/client.ts'
import { createVaultClient } from './clients/keyvault/client.ts'
import { createStorage } from './clients/storage/storage.ts'
import { createDraining } from './onboarding/draining.ts'
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
import type { LookContext, OnboardingServices, StepName } from './onboarding/step.ts'
import { removalsOf } from './onboarding/steps.ts'
import { createOnboardingStore } from './onboarding/table-store.ts'
import { isAuthenticationOn } from './platform/access-mode.ts'
import { CLOUDS } from './platform/clouds.ts'
import { readSettings, type Settings } from './platform/config.ts'
import { correlation } from './platform/correlation.ts'
import { StewardError } from './platform/errors.ts'
import { createHttpClient } from './platform/http/client.ts'
import { createPace } from './platform/http/pace.ts'
import { createIdentity, loadAzureCredential } from './platform/identity.ts'
import { limits } from './platform/limits.ts'
import { createLog, type Log } from './platform/log.ts'
import { CONTAINERS, QUEUES, TABLES } from './platform/storage-names.ts'
import { systemTime, type Time } from './platform/time.ts'
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
  /** Lets runs put their work down, for another instance to go on with; resolves when they have. */
  drain(): Promise<void>
  readonly onboardings: {
    get(onboardingId: string): Promise<StoredRecord | null>
    list(limit: number): Promise<OnboardingRecord[]>
  }
}

type Environment = Readonly<Record<string, string | undefined>>

/** For services without a documented rate: enough for many onboardings at once, too little to be throttled for. */
const DEFAULT_LIMITS = { concurrency: 16, requestsPerSecond: 50 }

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
  const services = composeServices(environment, settings, log, time)
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
  const ports = {
    config,
    tenantId: settings.tenantId,
    services,
    store,
    leases: storage.leases,
    audit: createAuditTrail(storage.table(TABLES.audit), time),
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

function composeServices(
  environment: Environment,
  { config, tenantId }: Settings,
  log: Log,
  time: Time,
): OnboardingServices {
  const cloud = CLOUDS[config.cloud]
  const identity = createIdentity({ loadCredential: () => loadAzureCredential(environment, cloud), time })
  const identityLabel = environment['AZURE_CLIENT_ID'] ?? "the signed-in developer's identity"
  const workspaces = config.databricks?.workspaces ?? []
  const rates = new Map(workspaces.map(({ url, requestsPerSecond }) => [new URL(url).host, requestsPerSecond]))
  const hosts = new Set([
    cloud.authorityHost,
    cloud.graphHost,
    cloud.armHost,
    ...config.vaults.map(({ url }) => new URL(url).host),
    ...rates.keys(),
  ])
  const http = createHttpClient({
    fetch,
    time,
    log,
    allowsHost: (host) => hosts.has(host),
    pace: createPace({
      time,
      limitsOf: (host) => ({
        ...DEFAULT_LIMITS,
        requestsPerSecond: rates.get(host) ?? DEFAULT_LIMITS.requestsPerSecond,
      }),
    }),
  })
  const resourceIds = new Map(workspaces.map(({ url, resourceId }) => [url, resourceId]))
  const armToken = () => identity.token(`https://${cloud.armHost}`)
  const graphAudience = `https://${cloud.graphHost}`
  return {
    graph: createGraphClient({
      http,
      token: () => identity.token(graphAudience),
      host: cloud.graphHost,
      identityLabel,
    }),
    entra: createEntraClient({ http, authorityHost: cloud.authorityHost, tenantId }),
    vault: memoize((vaultUrl) =>
      createVaultClient({ http, token: () => identity.token(cloud.vaultAudience), vaultUrl, identityLabel }),
    ),
    workspace: memoize((workspaceUrl) =>
      createDatabricksClient({
        http,
        token: () => identity.token(cloud.databricksAudience),
        managementToken: () => identity.token(cloud.serviceManagementAudience),
        workspaceUrl,
        workspaceResourceId: resourceIds.get(workspaceUrl) ?? '',
        identityLabel,
      }),
    ),
    arm: createArmClient({ http, token: armToken, host: cloud.armHost, identityLabel }),
    machineLearning: createMachineLearningClient({ http, token: armToken, host: cloud.armHost, identityLabel }),
    whoAmI: () => identity.whoAmI(graphAudience),
    trialAudience: graphAudience,
  }
}

/** One client for each origin; the allow-lists keep the number of origins to those of the configuration. */
function memoize<T>(create: (url: string) => T): (url: string) => T {
  const made = new Map<string, T>()
  return (url) => {
    const known = made.get(url) ?? create(url)
    made.set(url, known)
    return known
  }
}
