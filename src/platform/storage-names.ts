/** Names of everything Steward keeps in its storage account; infrastructure declares the same ones. */
export const TABLES = {
  onboardings: 'stewardonboardings',
  idempotency: 'stewardidempotency',
  audit: 'stewardaudit',
  credentials: 'stewardcredentials',
  rotations: 'stewardrotations',
} as const

export const QUEUES = { onboardings: 'steward-onboardings', rotations: 'steward-rotations' } as const

export const CONTAINERS = { leases: 'steward-leases' } as const
