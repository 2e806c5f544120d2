import { z } from 'zod'
import { idText } from '../answer.ts'

/** One version of a secret: everything but the value. */
export interface SecretVersion {
  readonly version: string
  readonly isEnabled: boolean
  readonly expiresAt: Date | null
  /** To the second. */
  readonly createdAt: Date
  readonly tags: Readonly<Record<string, string>>
}

/** The current version of a secret among all of a vault: everything but the value. */
export interface ListedSecret extends Omit<SecretVersion, 'version'> {
  readonly name: string
}

const properties = z
  .object({
    enabled: z.boolean().default(true),
    expiresOn: z.date().nullish(),
    createdOn: z.date(),
    tags: z.record(z.string(), z.string()).nullish(),
  })
  .transform(({ enabled, expiresOn, createdOn, tags }) => ({
    isEnabled: enabled,
    expiresAt: expiresOn ?? null,
    createdAt: createdOn,
    tags: tags ?? {},
  }))

const versionSchema = z.object({ version: idText })
const nameSchema = z.object({ name: idText })

/** Reads the SDK's properties of a version, as far as they are what Steward needs; throws when they are not. */
export function toVersion(found: unknown): SecretVersion {
  return { ...versionSchema.parse(found), ...properties.parse(found) }
}

/** Reads the SDK's properties of a secret in a list; throws as `toVersion` does. */
export function toListedSecret(found: unknown): ListedSecret {
  return { ...nameSchema.parse(found), ...properties.parse(found) }
}

/** Several versions may be of the same second; the current one is known to be disabled. */
export function findDisabledCurrent(versions: readonly SecretVersion[]): SecretVersion | null {
  const disabled = versions.filter(({ isEnabled }) => !isEnabled)
  return disabled.toSorted((a, b) => b.createdAt.getTime() - a.createdAt.getTime())[0] ?? null
}
