/** What kind of principal something is given to. */
export type PrincipalKind = 'service-principal' | 'user' | 'group'

/** What somebody was given on an object itself: one level each. */
export interface Grant {
  readonly kind: PrincipalKind
  /** Application id, user name or display name. */
  readonly name: string
  readonly level: string
}
