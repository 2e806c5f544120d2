import { z } from 'zod'
import { int64 } from '../request-body.ts'
import { jobSettings, jobSettingsChange } from './settings.ts'

const texts = z.record(z.string(), z.string())
const digits = z.string().regex(/^\d+$/).transform(Number)
const flag = z
  .enum(['true', 'false'])
  .default('false')
  .transform((text) => text === 'true')

export const createBody = jobSettings

export const updateBody = z.strictObject({
  job_id: int64,
  new_settings: jobSettingsChange.default({}),
  fields_to_remove: z.array(z.string()).default([]),
})

export const resetBody = z.strictObject({ job_id: int64, new_settings: jobSettings })

export const deleteBody = z.strictObject({ job_id: int64 })

export const getQuery = z.strictObject({ job_id: int64 })

export const listQuery = z.strictObject({
  name: z.string().optional(),
  limit: digits.default(20),
  page_token: z.string().optional(),
  expand_tasks: flag,
})

export const runNowBody = z.strictObject({
  job_id: int64,
  idempotency_token: z.string().max(64).optional(),
  notebook_params: texts.default({}),
})

export const getRunQuery = z.strictObject({ run_id: int64 })

export const listRunsQuery = z.strictObject({
  job_id: int64.optional(),
  active_only: flag,
  completed_only: flag,
  limit: digits.default(20),
  page_token: z.string().optional(),
  expand_tasks: flag,
})

export const cancelBody = z.strictObject({ run_id: int64 })

export const cancelAllBody = z.strictObject({ job_id: int64 })
