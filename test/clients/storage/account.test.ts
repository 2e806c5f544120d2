import { describe, expect, it } from 'vitest'
import { openStorageAccount } from '../../../src/clients/storage/account.ts'
import { CLOUDS } from '../../../src/platform/clouds.ts'

describe('the storage account of an identity', () => {
  it.each(Object.values(CLOUDS))('is found in $name, over https', async ({ storageSuffix }) => {
    const account = openStorageAccount({
      source: { kind: 'identity', accountName: 'ststeward' },
      loadCredential: async () => ({ getToken: async () => null }),
      endpointSuffix: storageSuffix,
    })
    const clients = await Promise.all([account.table('rows'), account.queue('work'), account.container('leases')])
    expect(clients.map(({ url }) => url)).toEqual([
      `https://ststeward.table.${storageSuffix}`,
      `https://ststeward.queue.${storageSuffix}/work`,
      `https://ststeward.blob.${storageSuffix}/leases`,
    ])
  })
})
