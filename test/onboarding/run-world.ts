import type { WorkspacePrincipal } from '../../src/clients/databricks/client.ts'
import { createRecord, type Latest, type OnboardingRecord, type OnboardingStore } from '../../src/onboarding/record.ts'
import { parseOnboardingRequest } from '../../src/onboarding/request.ts'
import type { RunPorts } from '../../src/onboarding/run.ts'
import type { RunMessage } from '../../src/onboarding/run-message.ts'
import type { OnboardingServices, StepName } from '../../src/onboarding/step.ts'
import { stepsOf } from '../../src/onboarding/steps.ts'
import { configSchema } from '../../src/platform/config-schema.ts'
import { createDraining } from '../../src/platform/draining.ts'
import { StewardError } from '../../src/platform/errors.ts'
import { createLog } from '../../src/platform/log.ts'
import type { AuditEntry } from '../../src/trust/audit.ts'
import { createManualTime } from '../support/manual-time.ts'
import { createRequest, VAULT, WORKSPACE } from '../support/onboarding-request.ts'

export const ID = 'onboarding-1'

/** A request for a principal that Databricks makes: one step, in one workspace. */
export const MANAGED = {
  name: 'managed',
  servicePrincipal: { kind: 'databricks', displayName: 'managed' },
  databricks: { workspace: WORKSPACE },
}

export const WHOLE = createRequest('whole')

/** Everything around a run, in memory, on a clock that moves only when somebody sleeps. */
export function createWorld() {
  const time = createManualTime()
  const draining = createDraining(time)
  const rows = new Map<string, OnboardingRecord>()
  const messages: { readonly message: RunMessage; readonly delayMs: number }[] = []
  const audited: { readonly begunAt: Date; readonly entries: readonly AuditEntry[] }[] = []
  const principals: WorkspacePrincipal[] = []
  const world = {
    /** What the workspace does when it is asked for its principals. */
    lookAtWorkspace: async (): Promise<void> => undefined,
    /** What it does before it makes one. */
    createInWorkspace: async (): Promise<void> => undefined,
    isHeldElsewhere: false,
  }
  const latest = new Map<string, Latest>()
  const store: OnboardingStore = {
    setLatest: async (name, record) => void latest.set(name, record),
    getLatest: async (name) => latest.get(name) ?? null,
    insert: async (record) => void rows.set(record.onboardingId, record),
    get: async (onboardingId) => {
      const record = rows.get(onboardingId)
      return record ? { record, etag: '' } : null
    },
    replace: async (record) => {
      rows.set(record.onboardingId, record)
      return ''
    },
    list: async (limit) => [...rows.values()].slice(0, limit),
  }
  const workspace = {
    listServicePrincipals: async () => {
      await world.lookAtWorkspace()
      return principals
    },
    requireAdmin: async () => undefined,
    findGroup: async (displayName: string) => ({ groupId: displayName, displayName }),
    createServicePrincipal: async ({ displayName, externalId }: { displayName: string; externalId: string }) => {
      await world.createInWorkspace()
      const principal = {
        principalId: '1',
        applicationId: 'application',
        displayName,
        externalId,
        isActive: true,
        entitlements: [],
        groups: [],
      }
      principals.push(principal)
      return principal
    },
  }
  const application = {
    objectId: 'o',
    clientId: 'c',
    displayName: 'whole',
    uniqueName: 'u',
    passwordCredentials: [],
    keyCredentials: [],
  }
  const services = {
    graph: {
      getApplicationByUniqueName: async () => application,
      getServicePrincipal: async () => ({ objectId: 's', clientId: 'c', displayName: 'whole' }),
      listOwnerIds: async () => ['steward'],
      listFederatedCredentials: async () => [],
    },
    workspace: () => workspace,
    whoAmI: async () => ({ objectId: 'steward', clientId: 'steward-client' }),
    trialAudience: '',
  } as unknown as OnboardingServices
  const config = configSchema.parse({
    instance: 'test',
    vaults: [
      {
        url: VAULT,
        resourceId:
          '/subscriptions/7a0c0e5e-1d5b-4b3c-9f53-5a4e6c1b0004/resourceGroups/r/providers/Microsoft.KeyVault/vaults/kv-team',
      },
    ],
    databricks: {
      workspaces: [
        {
          url: WORKSPACE,
          resourceId:
            '/subscriptions/7a0c0e5e-1d5b-4b3c-9f53-5a4e6c1b0004/resourceGroups/r/providers/Microsoft.Databricks/workspaces/w',
        },
      ],
      entitlements: ['workspace-access'],
      groups: ['etl'],
    },
  })
  const ports: RunPorts = {
    config,
    tenantId: '7a0c0e5e-1d5b-4b3c-9f53-5a4e6c1b0001',
    services,
    store,
    leases: {
      acquire: async () => (world.isHeldElsewhere ? 'held' : { leaseId: 'lease' }),
      renew: async () => true,
      release: async () => undefined,
    },
    audit: { record: async (begunAt, entries) => void audited.push({ begunAt, entries }) },
    enqueue: async (message, delayMs) => void messages.push({ message, delayMs }),
    draining,
    time,
    log: createLog(() => undefined),
  }
  return Object.assign(world, {
    ports,
    time,
    draining,
    messages,
    audited,
    record: (): OnboardingRecord => {
      const record = rows.get(ID)
      if (!record) throw new Error('there is no record')
      return record
    },
    accept: async (body: unknown, change: Partial<OnboardingRecord> = {}, onlyStep: StepName | null = null) => {
      const request = parseOnboardingRequest(body)
      const fresh = {
        direction: 'onboarding' as const,
        onboardingId: ID,
        request,
        onlyStep,
        createdBy: 'key',
        correlationId: 'correlation',
      }
      await store.insert({
        ...createRecord(
          fresh,
          stepsOf(request).map(({ name }) => name),
          new Date(time.now()),
        ),
        ...change,
      })
    },
  })
}

/** A workspace that is away, and says when to come again. */
export function away(retryAfterMs?: number): () => Promise<never> {
  return async () => {
    throw new StewardError(
      'upstream-unavailable',
      'The workspace is away; Steward tries again by itself.',
      retryAfterMs === undefined ? {} : { retryAfterMs },
    )
  }
}
