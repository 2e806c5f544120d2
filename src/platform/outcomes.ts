import { StewardError } from './errors.ts'

/** Turns the one failure that leaves the outcome open into a value; every other failure stays thrown. */
export function toUnknownOutcome(error: unknown): 'outcome-unknown' {
  if (error instanceof StewardError && error.code === 'outcome-unknown') return 'outcome-unknown'
  throw error
}

/** What is there although the look before did not see it has not been judged: the next run looks again. */
export function lookAgain(subject: string): StewardError {
  return new StewardError(
    'not-propagated',
    `${subject} turned out to be there already, unseen by the look before; Steward looks again before it goes on.`,
  )
}
