/** Something the demo says, and whether it looked and found it so. */
export interface Claim {
  readonly claim: string
  readonly ok: boolean
  readonly detail: string
}

export interface ClaimBook {
  readonly claims: readonly Claim[]
  /** Looks, remembers and tells; a look that throws is a claim that does not hold. */
  check(claim: string, look: () => Promise<{ ok: boolean; detail: string }>): Promise<void>
}

export function createClaimBook(tell: (claim: Claim) => void): ClaimBook {
  const claims: Claim[] = []
  return {
    claims,
    check: async (claim, look) => {
      const found = await look().catch((error: unknown) => ({ ok: false, detail: String(error) }))
      const checked = { claim, ...found }
      claims.push(checked)
      tell(checked)
    },
  }
}
