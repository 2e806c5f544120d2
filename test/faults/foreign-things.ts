import { createHash } from 'node:crypto'
import { expect } from 'vitest'
import type { CloudControl } from '../../local/cloud/control.ts'
import { VAULT } from '../support/onboarding-request.ts'
import type { KeptCredential } from './credentials.ts'
import { describeWorkspace } from './databricks-inspection.ts'
import { listPasswordsInside, listTokensInside, listVersionsInside } from './inside.ts'

/** What others have, as like to Steward's own as others can make it. */
export interface ForeignThings {
  /** Sees that all of it is as it was, and that nobody's rights on tokens changed. */
  expectUntouched(): Promise<void>
}

const YEAR_MS = 365 * 24 * 60 * 60 * 1000

/**
 * For each credential: a token of the same principal with another comment, tokens and client secrets of another principal
 * with the very mark, and a secret in the vault with a name and tags alike.
 */
export async function addForeignThings(
  control: CloudControl,
  credentials: readonly KeptCredential[],
): Promise<ForeignThings> {
  const tokenIds = new Set<string>()
  const secretNames = new Set<string>()
  const keyIds = new Set<string>()
  const marks = credentials.map(({ mark }) => mark)
  const { appId, passwords } = await control.command<{ appId: string; passwords: { keyId: string }[] }>(
    'graph',
    'createApplication',
    { displayName: 'somebody else', passwords: marks },
  )
  for (const { keyId } of passwords) keyIds.add(keyId)
  await control.command('databricks', 'seed', {
    resources: [{ kind: 'ServicePrincipal', applicationId: appId, displayName: 'somebody else' }],
  })
  const addToken = async (applicationId: string, comment: string): Promise<void> => {
    const token = { applicationId, comment, createdAgoMs: 0, usedAgoMs: 0, lifetimeMs: 2 * YEAR_MS }
    tokenIds.add((await control.command<{ tokenId: string }>('databricks', 'seedToken', token)).tokenId)
  }
  for (const { flavour, clientId, mark, secretName } of credentials) {
    await addToken(appId, mark)
    if (flavour !== 'client-secret') {
      await addToken(clientId, 'by hand')
      await addToken(clientId, `${mark}-2`)
    }
    const name = `${secretName}-by-hand`
    const tags = { 'steward-schema': '1', 'steward-instance': 'other', 'steward-name': secretName, owner: 'somebody' }
    await control.command('keyvault', 'put', { vault: new URL(VAULT).hostname, name, value: 'by hand', tags })
    secretNames.add(name)
  }
  const describe = async (): Promise<unknown> => {
    const [tokens, keys, versions, { grants }] = await Promise.all([
      listTokensInside(control),
      listPasswordsInside(control),
      listVersionsInside(control),
      describeWorkspace(control),
    ])
    return {
      tokens: tokens.filter(({ tokenId }) => tokenIds.has(tokenId)).map(({ tokenId, state }) => [tokenId, state]),
      keys: keys.filter(({ keyId }) => keyIds.has(keyId)),
      versions: [...versions].filter(([name]) => secretNames.has(name)),
      grants: createHash('sha256').update(JSON.stringify(grants['authorization/tokens'])).digest('hex'),
    }
  }
  const before = await describe()
  return { expectUntouched: async () => expect(await describe()).toEqual(before) }
}
