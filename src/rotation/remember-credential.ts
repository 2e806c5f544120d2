import { type CredentialIdentity, type CredentialRef, freshStatus, type StatusStore } from './status.ts'

/** Remembers whose a credential is; what else is known of it stays, unless it is another's now. */
export async function rememberCredential(
  store: StatusStore,
  ref: CredentialRef,
  { kind, name, clientId, workspace }: CredentialIdentity,
): Promise<void> {
  const known = await store.get(ref)
  const isSame =
    known?.kind === kind && known.name === name && known.clientId === clientId && known.workspace === workspace
  if (isSame) return
  const identity = { kind, name, clientId, workspace }
  const before = known?.clientId === clientId ? known : freshStatus(ref, identity)
  await store.put([{ ...before, ...identity }])
}
