import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { configSchema } from '../../src/platform/config-schema.ts'
import {
  applicationUniqueName,
  bootstrapMark,
  credentialMark,
  isCredentialMark,
  principalExternalId,
} from '../../src/trust/marks.ts'

const { instance: instanceSchema } = configSchema.shape
const instance = fc.stringMatching(/^[a-z][a-z0-9-]{0,15}$/).filter((text) => instanceSchema.safeParse(text).success)
const name = fc.stringMatching(/^[a-z][a-z0-9-]{1,39}$/)

describe('ownership marks', () => {
  it('fit where they are kept', () => {
    fc.assert(
      fc.property(instance, name, (ours, ownerName) => {
        expect(principalExternalId({ instance: ours, name: ownerName }).length).toBeLessThanOrEqual(64)
        const longest = credentialMark(ours, `https://${'v'.repeat(24)}.vault.azure.net`, 's'.repeat(127))
        expect(longest.length).toBeLessThanOrEqual(256)
      }),
    )
  })

  it('of credentials are those of their own instance only, and never that of a bootstrap', () => {
    const secretName = fc.stringMatching(/^[0-9a-zA-Z-]{1,127}$/)
    fc.assert(
      fc.property(instance, instance, secretName, (ours, others, secret) => {
        const mark = credentialMark(ours, 'https://kv.vault.azure.net', secret)
        expect(isCredentialMark(ours, mark)).toBe(true)
        if (others !== ours) expect(isCredentialMark(others, mark)).toBe(false)
        expect(mark).not.toBe(bootstrapMark(ours))
      }),
    )
  })

  it('tell any two onboardings apart, also of deployments whose names look alike', () => {
    const dashed = fc.array(fc.constantFrom('a', 'b'), { minLength: 3, maxLength: 3 }).map((parts) => parts.join('-'))
    const splitOwners = dashed.chain((text) =>
      fc.constantFrom(1, 3).map((at) => ({ instance: text.slice(0, at), name: `${text.slice(at + 1)}` })),
    )
    fc.assert(
      fc.property(splitOwners, splitOwners, (one, other) => {
        fc.pre([one, other].every((owner) => instanceSchema.safeParse(owner.instance).success))
        fc.pre(one.instance !== other.instance || one.name !== other.name)
        expect(applicationUniqueName(one)).not.toBe(applicationUniqueName(other))
        expect(principalExternalId(one)).not.toBe(principalExternalId(other))
      }),
    )
  })
})
