import { StewardError } from '../platform/errors.ts'

/** What a call needs the caller to be allowed to, as data: errors and the permissions document are written from it. */
export interface Right {
  /** A verb and its object: `create an application`. */
  readonly action: string
  /** The service or resource: `Microsoft Graph`. */
  readonly on: string
  /** `the Graph application role Application.ReadWrite.OwnedBy` */
  readonly right: string
  /** Who can grant it and how: `a Privileged Role Administrator, with POST /servicePrincipals/...`. */
  readonly grantedBy: string
}

export interface Denial {
  readonly right: Right
  /** Client id of the identity that was refused, or what stands for it. */
  readonly identityLabel: string
  /** The very host that refused. */
  readonly host: string
  readonly status: number
  /** The service's own words, already free of secrets. */
  readonly detail: string
}

/** A 401 or 403 in the operator's terms: which identity lacks which right on what, and who can grant it and how. */
export function explainDenial({ right, identityLabel, host, status, detail }: Denial): StewardError {
  return new StewardError(
    'upstream-denied',
    `${right.on} (${host}) refused ${identityLabel} to ${right.action}: it needs ${right.right}, granted by ${right.grantedBy}. The answer was ${status}: ${detail}`,
    { data: { status, identity: identityLabel, host, ...right } },
  )
}
