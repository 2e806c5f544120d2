import type { Fault } from '../../local/cloud/faults.ts'

/** What can happen to a call on its way. */
export interface Disturbance extends Pick<Fault, 'kind' | 'status' | 'retryAfterSeconds'> {
  /** For the names of onboardings. */
  readonly id: string
  readonly title: string
}

export const DISTURBANCES: readonly Disturbance[] = [
  { id: '429', title: 'is throttled', kind: 'status', status: 429, retryAfterSeconds: 1 },
  { id: '500', title: 'answers 500', kind: 'status', status: 500 },
  { id: '503', title: 'answers 503', kind: 'status', status: 503 },
  { id: 'drop', title: 'loses its connection before the effect', kind: 'drop' },
  { id: 'lost', title: 'loses its answer after the effect', kind: 'lost-answer' },
]
