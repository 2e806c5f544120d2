/** Names of everything Steward keeps in its storage account; infrastructure declares the same ones. */
export const TABLES = {
  onboardings: 'stewardonboardings',
  idempotency: 'stewardidempotency',
  audit: 'stewardaudit',
} as const

export const QUEUES = { onboardings: 'steward-onboardings' } as const

export const CONTAINERS = { leases: 'steward-leases' } as const
