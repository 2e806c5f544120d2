import { apiError } from '../errors.ts'
import type { Workspace } from '../workspace-state.ts'

/** Two years: the longest lifetime there is, and that of a token for which none was asked. */
export const LONGEST_LIFETIME_DAYS = 730

const DAY_SECONDS = 86_400

/** `0` and nothing are the service's own limit. */
function maxLifetimeDays({ conf }: Workspace): number {
  const days = Number(conf.get('maxTokenLifetimeDays') ?? 0)
  return days === 0 ? LONGEST_LIFETIME_DAYS : Math.min(days, LONGEST_LIFETIME_DAYS)
}

/** The lifetime in seconds that a token gets; one that is too long is refused, not shortened. */
export function chooseLifetime(workspace: Workspace, asked: string | undefined): number {
  const days = maxLifetimeDays(workspace)
  if (asked === undefined) return days * DAY_SECONDS
  const seconds = Number(asked)
  if (seconds <= 0) throw apiError(400, 'INVALID_PARAMETER_VALUE', 'requirement failed: Invalid timeout')
  if (seconds <= days * DAY_SECONDS) return seconds
  throw apiError(
    400,
    'INVALID_PARAMETER_VALUE',
    `The token lifetime of ${seconds} seconds exceeds the maximum of ${days} days that this workspace allows.`,
  )
}
