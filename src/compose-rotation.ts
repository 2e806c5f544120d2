import type { Leases } from './clients/storage/leases.ts'
import type { RemoteServices } from './compose-services.ts'
import type { Config } from './platform/config-schema.ts'
import type { Draining } from './platform/draining.ts'
import { StewardError } from './platform/errors.ts'
import { limits } from './platform/limits.ts'
import type { Log } from './platform/log.ts'
import type { Patience } from './platform/propagation.ts'
import { rememberSuccess } from './platform/remember.ts'
import { rememberBriefly } from './platform/remember-briefly.ts'
import type { Time } from './platform/time.ts'
import {
  type Asker,
  type CredentialChange,
  changeCredential,
  type RotationRequest,
  requestRotation,
} from './rotation/change.ts'
import type { WorkOutcome } from './rotation/end-work.ts'
import { findCredential } from './rotation/find.ts'
import { runRotationTimer } from './rotation/run-timer.ts'
import { type ScannedCredential, scanCredentials } from './rotation/scan.ts'
import type { CredentialRef, HistoryEntry, StatusStore } from './rotation/status.ts'
import { type CredentialView, viewCredential } from './rotation/view.ts'
import { workOnCredential } from './rotation/work.ts'
import type { EnqueueWork, WorkMessage } from './rotation/work-message.ts'
import { type ActingMethod, actAsPrincipal, chooseActingMethod } from './trust/act-as-principal.ts'
import type { AuditTrail } from './trust/audit.ts'
import { createClientSecretProvider } from './trust/client-secrets.ts'
import type { CredentialProvider } from './trust/credential-provider.ts'
import type { CredentialTags } from './trust/credential-tags.ts'
import { createTokenProvider } from './trust/databricks-tokens.ts'

/** What the doors do with credentials. */
export interface Rotation {
  /** Looks at all of them and has the queue work on those that need it; throws when any could not be looked at. */
  runTimer(): Promise<void>
  /** `isRedelivered`: whether the host delivers the message again. */
  work(message: WorkMessage, isRedelivered: boolean): Promise<WorkOutcome>
  /** Has one looked at, if Steward keeps it. */
  hint(ref: CredentialRef): Promise<void>
  list(): Promise<Listing>
  /** What the timer would do now; writes nothing. */
  plan(): Promise<Listing>
  get(ref: CredentialRef): Promise<CredentialView>
  history(ref: CredentialRef, limit: number): Promise<HistoryEntry[]>
  request(ref: CredentialRef, asked: RotationRequest, asker: Asker): Promise<void>
  change(ref: CredentialRef, change: CredentialChange, asker: Asker): Promise<void>
}

/** All credentials, and the places that could not be looked at. */
export interface Listing {
  readonly credentials: readonly CredentialView[]
  readonly failures: readonly { readonly place: string; readonly code: string; readonly detail: string }[]
}

export interface RotationParts {
  readonly config: Config
  readonly services: RemoteServices
  readonly store: StatusStore
  readonly leases: Leases
  readonly audit: AuditTrail
  readonly enqueue: EnqueueWork
  readonly draining: Draining
  readonly time: Time
  readonly log: Log
}

/** A call over HTTP may look for this long. */
const LOOK_MS = 60_000

/** Binds rotation to its clients and to Steward's storage. */
export function composeRotation(parts: RotationParts): Rotation {
  const { config, services, store, draining, time, enqueue } = parts
  const ports = {
    ...parts,
    instance: config.instance,
    vault: services.vault,
    workspace: services.workspace,
    whoAmI: services.whoAmI,
    provider: composeProvider(services, config, time),
  }
  const bounded = <T>(look: () => Promise<T>): Promise<T> => limits.run({ deadline: time.elapsed() + LOOK_MS }, look)
  const view = async (scanned: ScannedCredential): Promise<CredentialView> =>
    viewCredential(scanned, await describeIssuer(services, scanned.tags))
  const list = async (asksWorkspaces: boolean): Promise<Listing> => {
    const credentials: CredentialView[] = []
    const onFound = async (found: readonly ScannedCredential[]) =>
      void credentials.push(...(await Promise.all(found.map(view))))
    const failures = await bounded(() => scanCredentials(ports, { asksWorkspaces, writes: false, onFound }))
    return {
      credentials,
      failures: failures.map(({ place, error }) => ({ place, code: error.code, detail: error.message })),
    }
  }
  return {
    runTimer: () => draining.watch(() => runRotationTimer(ports)),
    work: (message, isRedelivered) => draining.watch(() => workOnCredential(ports, message, isRedelivered)),
    hint: (ref) => enqueue({ ...ref, who: 'event', attempt: 0 }, 0),
    list: () => list(false),
    plan: () => list(true),
    get: async (ref) => view(await bounded(() => findCredential(ports, ref))),
    history: (ref, limit) => store.listHistory(ref, limit),
    request: (ref, asked, asker) => bounded(() => requestRotation(ports, ref, asked, asker)),
    change: (ref, change, asker) => bounded(() => changeCredential(ports, ref, change, asker)),
  }
}

/** Longest wait for a sign-in within one look at a credential. */
const SIGN_IN_MS = 45_000
/** Workspaces change their settings rarely. They only explain beforehand what Databricks would refuse anyway. */
const TOKEN_SETTINGS_MS = 60_000

/** The adapter for each kind of credential; what rotates them knows none by name. */
function composeProvider(
  services: RemoteServices,
  config: Config,
  time: Time,
): (tags: CredentialTags) => CredentialProvider {
  const known = new Set(config.databricks?.workspaces.map(({ url }) => url))
  const tokenSettings = rememberBriefly((url) => services.workspace(url).getTokenSettings(), {
    time,
    forMs: TOKEN_SETTINGS_MS,
    // Those that stand in the way may have been changed just now.
    isWorthKeeping: ({ areTokensEnabled, maxLifetimeDays }) =>
      areTokensEnabled && maxLifetimeDays >= config.rotation.lifetimeDays,
  })
  return (tags) => {
    const { kind, clientId, workspace: workspaceUrl, actsBy } = tags
    if (kind === 'client-secret') return composeClientSecrets(services, clientId, time)
    if (workspaceUrl === null || !known.has(workspaceUrl)) {
      throw new StewardError(
        'not-allowed',
        `The tags name the workspace ${workspaceUrl}, which databricks.workspaces in steward.yaml does not list. Add it and deploy, or offboard the token.`,
      )
    }
    return createTokenProvider({
      workspace: { ...services.workspace(workspaceUrl), getTokenSettings: () => tokenSettings(workspaceUrl) },
      workspaceUrl,
      clientId,
      actAsPrincipal: (work) => {
        const patience: Patience = { time, deadline: time.elapsed() + SIGN_IN_MS }
        return actAsPrincipal(services.acting, { clientId, actsBy, workspaceUrl, patience }, work)
      },
      withToken: (token) => services.acting.holder(workspaceUrl, token, clientId),
    })
  }
}

function composeClientSecrets(services: RemoteServices, clientId: string, time: Time): CredentialProvider {
  const { graph, entra, trialAudience } = services
  const find = rememberSuccess(async () => {
    const application = await graph.getApplicationByClientId(clientId)
    if (application) return application
    throw new StewardError(
      'not-found',
      `There is no app registration with client id ${clientId} any more, or Steward may not see it: run the onboarding again, or offboard it.`,
    )
  })
  return createClientSecretProvider({
    graph,
    entra,
    time,
    trialAudience,
    application: () => find(),
    listPasswords: async () => (await find()).passwordCredentials,
  })
}

/** How a new credential of this kind is made, as the status names it. */
async function describeIssuer({ acting }: RemoteServices, tags: CredentialTags | null): Promise<ActingMethod | null> {
  return tags?.kind === 'databricks-token' ? chooseActingMethod(acting, tags) : null
}
