import type { Config } from '../platform/config-schema.ts'
import { StewardError } from '../platform/errors.ts'
import { decideRotation, expiryOf, findDue } from './decide-rotation.ts'
import { type GatherPorts, gatherCredential, toState } from './gather.ts'
import { isInsideWindow, nextOpening } from './maintenance-window.ts'
import type { ScannedCredential, ScanPorts } from './scan.ts'
import { type CredentialRef, freshStatus, identityOf } from './status.ts'

/** The credential that a vault's name and a secret's name mean. Throws `not-found` for a vault that is not configured. */
export function resolveRef({ vaults }: Pick<Config, 'vaults'>, vaultName: string, secretName: string): CredentialRef {
  const wanted = vaultName.toLowerCase()
  const vault = vaults.find(({ url }) => {
    const { hostname } = new URL(url)
    return hostname === wanted || hostname.split('.')[0] === wanted
  })
  if (vault && /^[0-9a-zA-Z-]{1,127}$/.test(secretName)) return { vaultUrl: vault.url, secretName }
  throw new StewardError(
    'not-found',
    `There is no credential ${secretName} in ${vaultName}: GET /credentials lists them; vaults in steward.yaml says where they may be.`,
  )
}

/** Looks at one credential, in the vault and at its service. Throws `not-found` for what Steward never kept. */
export async function findCredential(
  ports: ScanPorts & Pick<GatherPorts, 'instance' | 'provider'>,
  ref: CredentialRef,
): Promise<ScannedCredential> {
  const { config, store, time } = ports
  const [gathered, known] = await Promise.all([gatherCredential(ports, ref, true), store.get(ref)])
  const { current, tags, isDetached } = gathered
  const status = known ?? (tags && freshStatus(ref, identityOf(tags)))
  if (!status) {
    throw new StewardError(
      'not-found',
      `Steward keeps no credential ${ref.secretName} in ${new URL(ref.vaultUrl).hostname}: GET /credentials lists those it keeps.`,
    )
  }
  const { maintenanceWindows, ...defaults } = config.rotation
  const now = new Date(time.now())
  const window = { isOpen: isInsideWindow(maintenanceWindows, now), opensAt: nextOpening(maintenanceWindows, now) }
  const policy = { ...defaults, ...tags?.overrides }
  const state = toState(gathered, known)
  return {
    ref,
    tags: isDetached ? null : tags,
    status,
    policy,
    isEnabled: current?.isEnabled ?? true,
    expiresAt: expiryOf(state),
    dueAt: isDetached || !tags ? null : findDue(state, policy),
    decision: decideRotation(state, policy, window, now),
  }
}
