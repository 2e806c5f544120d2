import type { VaultClient } from '../../src/clients/keyvault/client.ts'
import { findDisabledCurrent, type SecretVersion } from '../../src/clients/keyvault/secret-version.ts'
import { StewardError } from '../../src/platform/errors.ts'
import { Secret } from '../../src/platform/secret.ts'
import type { Pass } from './pass.ts'

export interface StoredVersion {
  readonly version: string
  readonly value: string
  isEnabled: boolean
  expiresAt: Date | null
  readonly createdAt: Date
  tags: Record<string, string>
  readonly by: 'steward' | 'person'
}

const MAX_TAGS = 15
const MAX_TAG_LENGTH = 256
const PAGE_SIZE = 2

export type MemoryVault = ReturnType<typeof createMemoryVault>

/** A vault as Key Vault behaves: versions stay, a disabled one gives no value, and tags have their limits. */
export function createMemoryVault(now: () => number) {
  const secrets = new Map<string, StoredVersion[]>()
  let count = 0
  const versionsOf = (name: string): StoredVersion[] => secrets.get(name) ?? []
  const currentOf = (name: string): StoredVersion | null => versionsOf(name).at(-1) ?? null
  const vault = {
    /** Told of every change that Steward makes to a version. */
    onUpdate: (_version: StoredVersion): void => undefined,
    versionsOf,
    currentOf,
    add: (name: string, version: Pick<StoredVersion, 'value' | 'expiresAt' | 'tags' | 'by'>): StoredVersion => {
      checkTags(version.tags)
      count += 1
      const createdAt = new Date(Math.floor(now() / 1000) * 1000)
      const added = { ...version, tags: { ...version.tags }, version: `v${count}`, isEnabled: true, createdAt }
      secrets.set(name, [...versionsOf(name), added])
      return added
    },
    remove: (name: string): void => void secrets.delete(name),
    /** The vault as a pass reaches it. */
    client: (pass: Pass): VaultClient => {
      const listSecretVersions = (name: string) =>
        pass.call('listSecretVersions', () => versionsOf(name).map(show).toReversed())
      const client = {
        listSecretVersions,
        listSecrets: async function* () {
          const names = [...secrets.keys()].toSorted()
          for (let start = 0; start < names.length; start += PAGE_SIZE) {
            yield await pass.call('listSecrets', () =>
              names.slice(start, start + PAGE_SIZE).flatMap((name) => {
                const current = currentOf(name)
                if (!current) return []
                const { version: _version, ...shown } = show(current)
                return [{ name, ...shown }]
              }),
            )
          }
        },
        getCurrentSecret: async (name: string) => {
          const current = await pass.call('getCurrentSecret', () => {
            const found = currentOf(name)
            return found && show(found)
          })
          return current?.isEnabled === false ? findDisabledCurrent(await listSecretVersions(name)) : current
        },
        readSecretValue: (name: string, version: string) =>
          pass.call('readSecretValue', () => {
            const found = versionsOf(name).find((one) => one.version === version)
            if (found?.isEnabled) return new Secret(found.value)
            throw new StewardError('upstream-rejected', `Version ${version} of secret ${name} is disabled: enable it.`)
          }),
        setSecret: (name: string, wish: { value: Secret; expiresAt: Date; tags: Record<string, string> }) =>
          pass.call('setSecret', () => {
            const { value, expiresAt, tags } = wish
            return show(vault.add(name, { value: value.reveal(), expiresAt, tags, by: 'steward' }))
          }),
        updateSecret: (
          name: string,
          version: string,
          change: { readonly tags?: Readonly<Record<string, string>>; readonly isEnabled?: boolean },
        ) =>
          pass.call('updateSecret', () => {
            const found = versionsOf(name).find((one) => one.version === version)
            if (!found) return 'not-there'
            vault.onUpdate(found)
            if (change.tags) checkTags(change.tags)
            if (change.tags) found.tags = { ...change.tags }
            if (change.isEnabled !== undefined) found.isEnabled = change.isEnabled
            return show(found)
          }),
      }
      return client as unknown as VaultClient
    },
  }
  return vault
}

function show({ version, isEnabled, expiresAt, createdAt, tags }: StoredVersion): SecretVersion {
  return { version, isEnabled, expiresAt, createdAt, tags: { ...tags } }
}

function checkTags(tags: Readonly<Record<string, string>>): void {
  const isTooLong = Object.entries(tags)
    .flat()
    .some((text) => text.length > MAX_TAG_LENGTH)
  if (Object.keys(tags).length > MAX_TAGS || isTooLong) {
    throw new StewardError('upstream-rejected', 'The vault allows 15 tags of 256 characters.')
  }
}
