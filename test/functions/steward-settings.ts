import { readFile } from 'node:fs/promises'
import { vi } from 'vitest'
import { parse } from 'yaml'

/** Gives this process the settings of an app that works; storage is named and not called. */
export async function stubSettings(): Promise<void> {
  const sample: unknown = parse(await readFile(new URL('../../steward.sample.yaml', import.meta.url), 'utf8'))
  vi.stubEnv('STEWARD_CONFIG', JSON.stringify(sample))
  vi.stubEnv('STEWARD_ACCESS', 'keys')
  vi.stubEnv('ROTATION_SCHEDULE', '0 7 * * * *')
  vi.stubEnv('AZURE_TENANT_ID', '7a0c0e5e-1d5b-4b3c-9f53-5a4e6c1b0001')
  vi.stubEnv('AzureWebJobsStorage', 'UseDevelopmentStorage=true')
}
