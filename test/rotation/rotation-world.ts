import { configSchema } from '../../src/platform/config-schema.ts'
import { createDraining } from '../../src/platform/draining.ts'
import { createLog } from '../../src/platform/log.ts'
import { requestRotation } from '../../src/rotation/change.ts'
import type { WorkOutcome } from '../../src/rotation/end-work.ts'
import { runRotationTimer } from '../../src/rotation/run-timer.ts'
import { type CredentialStatus, freshStatus, type HistoryEntry, type StatusStore } from '../../src/rotation/status.ts'
import { workOnCredential } from '../../src/rotation/work.ts'
import type { WorkMessage } from '../../src/rotation/work-message.ts'
import type { WorkPorts } from '../../src/rotation/work-ports.ts'
import type { AuditEntry } from '../../src/trust/audit.ts'
import { type CredentialTags, readCredentialTags, writeCredentialTags } from '../../src/trust/credential-tags.ts'
import { credentialMark } from '../../src/trust/marks.ts'
import { createManualTime } from '../support/manual-time.ts'
import { VAULT, WORKSPACE } from '../support/onboarding-request.ts'
import { clientSecretProvider, createMemoryIssuer, type Issued, tokenProvider, workspaceOf } from './memory-issuer.ts'
import { createMemoryVault } from './memory-vault.ts'
import { createPass, type Pass } from './pass.ts'

export const INSTANCE = 'test'
export const CLIENT_ID = '7a0c0e5e-1d5b-4b3c-9f53-5a4e6c1b0001'
export const TOKEN = 'databricks-token'
export const CLIENT_SECRET = 'client-secret'
export const SCOPE = 'steward-test-etl'
export const HOUR_MS = 60 * 60 * 1000
export const DAY_MS = 24 * HOUR_MS

const RESOURCES = '/subscriptions/7a0c0e5e-1d5b-4b3c-9f53-5a4e6c1b0004/resourceGroups/r/providers'

export interface Waiting {
  readonly message: WorkMessage
  visibleAt: number
  deliveries: number
}

export interface Lines {
  readonly event: string
  readonly [field: string]: unknown
}

export type RotationWorld = ReturnType<typeof createRotationWorld>

/** Everything around the rotation, in memory, on a clock that moves only when it is told to. */
export function createRotationWorld(rotation: Readonly<Record<string, unknown>> = {}) {
  const time = createManualTime()
  const vault = createMemoryVault(time.now)
  const tokens = createMemoryIssuer(time, 'token')
  const secrets = createMemoryIssuer(time, 'secret')
  const copies = new Map<string, string>()
  const statuses = new Map<string, CredentialStatus>()
  const history: HistoryEntry[] = []
  const audited: AuditEntry[] = []
  const queue: Waiting[] = []
  const poison: Waiting[] = []
  const lines: Lines[] = []
  const leases = new Map<string, { readonly id: string; readonly until: number }>()
  let leaseCount = 0
  const world = { isIndexed: false, fencesWorkers: true }
  const config = configSchema.parse({
    instance: INSTANCE,
    vaults: [{ url: VAULT, resourceId: `${RESOURCES}/Microsoft.KeyVault/vaults/kv-team` }],
    databricks: {
      workspaces: [{ url: WORKSPACE, resourceId: `${RESOURCES}/Microsoft.Databricks/workspaces/w` }],
      entitlements: [],
      groups: [],
    },
    rotation,
  })
  const log = createLog((_level, line) => void lines.push(JSON.parse(line) as Lines))

  const storeOf = (pass: Pass): StatusStore => ({
    get: ({ secretName }) => pass.call('status.get', () => statuses.get(secretName) ?? null),
    put: (changed) =>
      pass.call('status.put', () => {
        for (const status of changed) statuses.set(status.secretName, structuredClone(status))
      }),
    list: () => pass.call('status.list', () => new Map(statuses)),
    forget: ({ secretName }) => pass.call('status.forget', () => void statuses.delete(secretName)),
    isIndexed: () => pass.call('status.isIndexed', () => world.isIndexed),
    setIndexed: () =>
      pass.call('status.setIndexed', () => {
        world.isIndexed = true
      }),
    addHistory: (_ref, entry) => pass.call('history.add', () => void history.push(entry)),
    listHistory: async () => history,
  })

  const portsOf = (pass: Pass): WorkPorts => ({
    config,
    instance: INSTANCE,
    store: storeOf(pass),
    vault: () => vault.client(pass),
    workspace: () => workspaceOf(tokens, copies, pass),
    whoAmI: async () => ({ clientId: 'steward' }),
    provider: ({ kind, clientId }: CredentialTags) =>
      kind === 'client-secret'
        ? clientSecretProvider(secrets, clientId, time, pass)
        : tokenProvider(tokens, clientId, WORKSPACE, pass),
    leases: {
      acquire: (name, seconds) =>
        pass.call('lease.acquire', () => {
          const held = leases.get(name)
          if (world.fencesWorkers && held && held.until > time.now()) return 'held' as const
          leaseCount += 1
          const id = `lease${leaseCount}`
          leases.set(name, { id, until: time.now() + seconds * 1000 })
          return { leaseId: id }
        }),
      renew: async () => true,
      release: (name, id) =>
        pass.call('lease.release', () => {
          if (leases.get(name)?.id === id) leases.delete(name)
        }),
    },
    audit: { record: (_begunAt, entries) => pass.call('audit.record', () => void audited.push(...entries)) },
    enqueue: (message, delayMs) =>
      pass.call('enqueue', () => void queue.push({ message, visibleAt: time.now() + delayMs, deliveries: 0 })),
    draining: createDraining(time),
    time,
    log,
  })

  /** Whose a credential is, as its onboarding has it remembered. */
  const remember = (secretName: string): void => {
    const isToken = secretName === TOKEN
    const identity = {
      kind: isToken ? 'databricks-token' : 'client-secret',
      name: 'etl',
      clientId: CLIENT_ID,
      workspace: isToken ? WORKSPACE : null,
    } as const
    const known = statuses.get(secretName)
    statuses.set(secretName, { ...(known ?? freshStatus({ vaultUrl: VAULT, secretName }, identity)), ...identity })
  }
  return Object.assign(world, {
    time,
    vault,
    tokens,
    secrets,
    copies,
    statuses,
    history,
    audited,
    queue,
    poison,
    lines,
    config,
    portsOf,
    runTimer: (pass: Pass = createPass()) => runRotationTimer(portsOf(pass)),
    work: (
      message: Partial<WorkMessage> = {},
      pass: Pass = createPass(),
      isRedelivered = false,
    ): Promise<WorkOutcome> =>
      workOnCredential(
        portsOf(pass),
        { vaultUrl: VAULT, secretName: TOKEN, who: 'timer', attempt: 0, ...message },
        isRedelivered,
      ),
    request: (secretName: string, asked: { graceHours?: number; takeOver?: boolean } = {}, pass: Pass = createPass()) =>
      requestRotation(
        portsOf(pass),
        { vaultUrl: VAULT, secretName },
        { takeOver: false, ...asked },
        { who: 'caller', correlationId: 'correlation' },
      ),
    eventsOf: (event: string) => lines.filter((line) => line.event === event),
    tagsOf: (secretName: string): CredentialTags | null => {
      const current = vault.currentOf(secretName)
      return current && readCredentialTags(INSTANCE, current.tags)
    },
    /** What a reader of the vault gets; null where the vault refuses. */
    valueOf: (secretName: string): string | null => {
      const current = vault.currentOf(secretName)
      return current?.isEnabled ? current.value : null
    },
    /** A credential as an onboarding leaves it. */
    onboard: (kind: CredentialTags['kind'], change: Partial<CredentialTags> = {}, lifetimeDays = 90): Issued => {
      const isToken = kind === 'databricks-token'
      const secretName = isToken ? TOKEN : CLIENT_SECRET
      const issued = (isToken ? tokens : secrets).issue(
        CLIENT_ID,
        credentialMark(INSTANCE, VAULT, secretName),
        lifetimeDays,
      )
      const tags: CredentialTags = {
        kind,
        owner: { instance: INSTANCE, name: 'etl' },
        clientId: CLIENT_ID,
        credentialId: issued.id,
        overrides: {},
        isPaused: false,
        previous: [],
        workspace: isToken ? WORKSPACE : null,
        actsBy: { kind: 'entra' },
        scope: null,
        ...change,
      }
      const { value, expiresAt } = issued
      vault.add(secretName, { value, expiresAt, tags: writeCredentialTags(tags), by: 'steward' })
      remember(secretName)
      return issued
    },
    remember,
    tag: (secretName: string, change: Partial<CredentialTags>): void => {
      const current = vault.currentOf(secretName)
      const tags = current && readCredentialTags(INSTANCE, current.tags)
      if (current && tags) current.tags = writeCredentialTags({ ...tags, ...change })
    },
  })
}
