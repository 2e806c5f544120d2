import type { Difference } from './compare.ts'

/** A known difference of one kind, and why it is none of ours. */
export interface Explanation<Subject> {
  /** Its name in reports. */
  readonly reason: string
  readonly why: string
  explains(subject: Subject, difference: Difference): boolean
}

export type Verdict =
  | { readonly kind: 'agreed'; readonly id: string }
  | { readonly kind: 'explained'; readonly id: string; readonly reasons: readonly string[] }
  | { readonly kind: 'unexplained'; readonly id: string; readonly differences: readonly Difference[] }

/** Explained only when every single difference is. */
export function reachVerdict<Subject>(
  id: string,
  subject: Subject,
  differences: readonly Difference[],
  explanations: readonly Explanation<Subject>[],
): Verdict {
  if (differences.length === 0) return { kind: 'agreed', id }
  const reasons = new Set<string>()
  const unexplained: Difference[] = []
  for (const difference of differences) {
    const explanation = explanations.find((candidate) => candidate.explains(subject, difference))
    if (explanation === undefined) unexplained.push(difference)
    else reasons.add(explanation.reason)
  }
  if (unexplained.length > 0) return { kind: 'unexplained', id, differences: unexplained }
  return { kind: 'explained', id, reasons: [...reasons] }
}

/** An explanation that nothing needs any more would hide the next difference of its kind. */
export function judgeExplanations(reasons: readonly string[], verdicts: readonly Verdict[]): readonly Verdict[] {
  const used = new Set(verdicts.flatMap((verdict) => (verdict.kind === 'explained' ? verdict.reasons : [])))
  return reasons
    .filter((reason) => !used.has(reason))
    .map((reason) => ({
      kind: 'unexplained',
      id: `explanation ${reason}`,
      differences: [{ at: 'use', expected: 'explains something', got: 'explains nothing' }],
    }))
}
