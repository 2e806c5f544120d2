import type { StewardError } from '../platform/errors.ts'
import type { StepPlan } from './step.ts'

/** The plan where there is nothing to do: nothing of ours is there to remove. */
export const NOTHING_TO_DO: StepPlan = { changes: [], apply: async () => undefined }

/** The plan of a step that must not do anything. */
export function refuse(refusal: StewardError): StepPlan {
  return { ...NOTHING_TO_DO, refusal }
}
