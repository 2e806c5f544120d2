import { createOutsider } from '../../local/outsider.ts'
import type { Stack } from '../../local/stack.ts'
import { VAULT } from './onboarding-request.ts'

/** Somebody who may change the secrets of a vault, and is not Steward. */
export interface VaultOfficer {
  /** Calls the vault. Throws unless it is 200. */
  call<T = unknown>(method: string, path: string, body?: unknown): Promise<T>
  /** Switches the current version off. */
  disable(secretName: string): Promise<void>
}

/** Makes an application with a secret, and the role to change the vault's secrets. */
export async function createVaultOfficer({ control, cloud }: Stack): Promise<VaultOfficer> {
  const { appId, servicePrincipalId, passwords } = await control.command<{
    appId: string
    servicePrincipalId: string
    passwords: { secretText: string }[]
  }>('graph', 'createApplication', { displayName: 'officer', passwords: ['by hand'] })
  await control.command('keyvault', 'setRole', {
    vault: VAULT,
    oid: servicePrincipalId,
    role: 'Key Vault Secrets Officer',
  })
  const outsider = await createOutsider(cloud)
  const call: VaultOfficer['call'] = async <T>(method: string, path: string, body?: unknown) => {
    const token = await outsider.signIn(appId, passwords[0]?.secretText ?? '', 'https://vault.azure.net')
    const answer = await outsider.call(method, `${VAULT}${path}?api-version=7.5`, {
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    if (answer.status !== 200) throw new Error(`${method} ${path} answered ${answer.status}: ${answer.body}`)
    return JSON.parse(answer.body) as T
  }
  return {
    call,
    disable: async (secretName) => {
      const { id } = await call<{ id: string }>('GET', `/secrets/${secretName}`)
      await call('PATCH', new URL(id).pathname, { attributes: { enabled: false } })
    },
  }
}
