export interface ProbeDifference {
  /** A probe's id, or the beginning of several with `*` at the end. */
  readonly id: string
  readonly reason: string
}

/**
 * The recorded probes that the local host does not agree with on purpose. There are none: where the real host
 * hangs or hides, the local one does too, so that what works here works there.
 */
export const probeDifferences: readonly ProbeDifference[] = []
