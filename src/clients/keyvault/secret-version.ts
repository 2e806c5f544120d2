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

const versionSchema = z
  .object({
    version: idText,
    enabled: z.boolean().default(true),
    expiresOn: z.date().nullish(),
    createdOn: z.date(),
    tags: z.record(z.string(), z.string()).nullish(),
  })
  .transform(
    ({ version, enabled, expiresOn, createdOn, tags }): SecretVersion => ({
      version,
      isEnabled: enabled,
      expiresAt: expiresOn ?? null,
      createdAt: createdOn,
      tags: tags ?? {},
    }),
  )

/** Reads the SDK's properties of a secret, as far as they are what Steward needs; throws when they are not. */
export function toVersion(properties: unknown): SecretVersion {
  return versionSchema.parse(properties)
}

/** Several versions may be of the same second; the current one is known to be disabled. */
export function findDisabledCurrent(versions: readonly SecretVersion[]): SecretVersion | null {
  const disabled = versions.filter(({ isEnabled }) => !isEnabled)
  return disabled.toSorted((a, b) => b.createdAt.getTime() - a.createdAt.getTime())[0] ?? null
}
