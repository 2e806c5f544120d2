import type { StepPlan } from '../step.ts'

/** The plan where nothing of ours is there. */
export const NOTHING_TO_REMOVE: StepPlan = { changes: [], apply: async () => undefined }
