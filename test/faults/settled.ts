import { expect } from 'vitest'
import { listCanaries } from '../../local/inspection.ts'
import { createOutsider } from '../../local/outsider.ts'
import type { Stack } from '../../local/stack.ts'
import { WORKSPACE } from '../support/onboarding-request.ts'
import { findSecrets, readStorage } from '../support/secret-search.ts'
import type { KeptCredential } from './credentials.ts'
import { listCopiesInside, listPasswordsInside, listTokensInside, listVersionsInside } from './inside.ts'

/**
 * Sees that of each credential nothing is alive but the current one and those that it names as promised, that enabled
 * versions hold nothing else, that the current one works, and that a copy is its copy.
 */
export async function expectSettled({ control, cloud }: Stack, credentials: readonly KeptCredential[]): Promise<void> {
  const [versions, tokens, passwords, copies] = await Promise.all([
    listVersionsInside(control),
    listTokensInside(control),
    listPasswordsInside(control),
    listCopiesInside(control),
  ])
  const outsider = await createOutsider(cloud)
  for (const { flavour, secretName, clientId, mark } of credentials) {
    const all = versions.get(secretName) ?? []
    const current = all.at(-1)
    if (!current) throw new Error(`${secretName} is not there`)
    const isSecret = flavour === 'client-secret'
    const idTag = isSecret ? 'steward-key-id' : 'steward-token-id'
    const promised = current.tags['steward-previous']?.split(' ') ?? []
    const named = [current.tags[idTag], ...promised].toSorted()
    const alive = isSecret
      ? passwords.filter((one) => one.clientId === clientId && one.displayName === mark).map(({ keyId }) => keyId)
      : tokens
          .filter((one) => one.applicationId === clientId && one.comment === mark && one.state === 'active')
          .map(({ tokenId }) => tokenId)
    expect([secretName, alive.toSorted()]).toEqual([secretName, named])
    const enabled = all.filter(({ isEnabled }) => isEnabled).map(({ tags }) => tags[idTag])
    expect([secretName, enabled.toSorted()]).toEqual([secretName, named])
    expect([secretName, current.tags['steward-scope'] ?? '']).not.toContain('pending')
    if (flavour === 'managed') expect([secretName, copies.includes(current.value)]).toEqual([secretName, true])
    if (isSecret) {
      expect(await outsider.signIn(clientId, current.value, 'https://graph.microsoft.com')).not.toBeNull()
    } else {
      const headers = { authorization: `Bearer ${current.value}` }
      const me = await outsider.call('GET', `${WORKSPACE}/api/2.0/preview/scim/v2/Me`, { headers })
      expect([secretName, me.status]).toEqual([secretName, 200])
      expect(JSON.parse(me.body)).toMatchObject({ userName: clientId })
    }
  }
}

/** Sees that no value that the pretend Azure ever gave out is in anything that Steward printed or stored. */
export async function expectNoSecretTold({ control, connectionString, output }: Stack): Promise<void> {
  const { values } = await control.command<{ values: string[] }>('databricks', 'credentialValues')
  const secrets = [...values, ...(await listCanaries(control))]
  expect(secrets.length).toBeGreaterThan(0)
  const places = [{ name: 'output', text: output().join('\n') }, ...(await readStorage(connectionString))]
  expect(findSecrets(places, secrets)).toEqual([])
}
