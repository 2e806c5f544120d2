import type { Log } from '../platform/log.ts'
import type { OnboardingRecord, OnboardingStore, StepState, StoredRecord } from './record.ts'

/** The record of a run in progress: changed in memory at once, written one write at a time, the newest state only. */
export interface Progress {
  readonly record: OnboardingRecord
  /** Changes the record and has it written soon; a failure to write shows at the next `save`. */
  update(change: Partial<OnboardingRecord>): void
  updateStep(state: StepState): void
  /** Resolves when everything up to now is written. */
  save(change?: Partial<OnboardingRecord>): Promise<void>
}

export function createProgress(store: OnboardingStore, stored: StoredRecord, now: () => number, log: Log): Progress {
  let { record, etag } = stored
  let isDirty = false
  let writing: Promise<void> = Promise.resolve()

  const write = (): Promise<void> => {
    writing = writing.then(async () => {
      if (!isDirty) return
      isDirty = false
      etag = await store.replace(record, etag)
    })
    return writing
  }
  const update = (change: Partial<OnboardingRecord>): void => {
    record = { ...record, ...change, updatedAt: new Date(now()) }
    isDirty = true
    // Once a write has failed every later one fails alike, so the run's own `save` reports it.
    write().catch((error: unknown) =>
      log.warn('onboarding-progress-not-written', { onboardingId: record.onboardingId, error }),
    )
  }
  return {
    get record() {
      return record
    },
    update,
    updateStep: (state) => update({ steps: record.steps.map((known) => (known.step === state.step ? state : known)) }),
    save: (change) => {
      if (change) update(change)
      return write()
    },
  }
}
