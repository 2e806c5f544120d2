import { z } from 'zod'
import type { ProbeDifference } from '../../../local/host/probe-differences.ts'
import type { Verdict } from '../verdict.ts'

const transcriptSchema = z.object({
  probes: z.record(
    z.string(),
    z.object({
      slow: z.boolean().default(false),
      skipped: z.string().optional(),
      differences: z.array(z.object({ field: z.string(), expected: z.unknown(), got: z.unknown() })).optional(),
    }),
  ),
})

/** What was recorded on a real host, or what a run of the probes saw. */
export type Transcript = z.infer<typeof transcriptSchema>

export function readTranscript(json: unknown): Transcript {
  return transcriptSchema.parse(json)
}

/** One verdict for every recorded probe of the chosen speed: one that did not run is no agreement. */
export function judgeProbes(
  recorded: Transcript,
  { probes }: Transcript,
  known: readonly ProbeDifference[],
  isSlow: boolean,
): readonly Verdict[] {
  return Object.entries(recorded.probes)
    .filter(([, { slow }]) => slow === isSlow)
    .map(([id]): Verdict => {
      const reason = known.find((entry) => covers(entry.id, id))?.reason
      if (reason !== undefined) return { kind: 'explained', id, reasons: [reason] }
      const probe = probes[id]
      if (probe?.differences === undefined) {
        const got = probe?.skipped ?? 'it was not run'
        return { kind: 'unexplained', id, differences: [{ at: 'result', expected: 'a result', got }] }
      }
      const differences = probe.differences.map(({ field, expected, got }) => ({ at: field, expected, got }))
      return differences.length === 0 ? { kind: 'agreed', id } : { kind: 'unexplained', id, differences }
    })
}

function covers(pattern: string, id: string): boolean {
  return pattern.endsWith('*') ? id.startsWith(pattern.slice(0, -1)) : id === pattern
}
