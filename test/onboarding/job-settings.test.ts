import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { describeSparkSettings, isSameSource, writeNotebook } from '../../src/onboarding/job-settings.ts'
import { CLOUDS } from '../../src/platform/clouds.ts'

const wish = {
  tenantId: 'tenant',
  storageAccount: 'stlake',
  clientId: 'client',
  secretReference: '{{secrets/scope/secret}}',
}

describe('the Spark settings', () => {
  it('are the five that make Spark sign in as the principal', () => {
    expect(describeSparkSettings({ ...wish, cloud: CLOUDS.AzureCloud })).toEqual({
      'fs.azure.account.auth.type.stlake.dfs.core.windows.net': 'OAuth',
      'fs.azure.account.oauth.provider.type.stlake.dfs.core.windows.net':
        'org.apache.hadoop.fs.azurebfs.oauth2.ClientCredsTokenProvider',
      'fs.azure.account.oauth2.client.id.stlake.dfs.core.windows.net': 'client',
      'fs.azure.account.oauth2.client.secret.stlake.dfs.core.windows.net': '{{secrets/scope/secret}}',
      'fs.azure.account.oauth2.client.endpoint.stlake.dfs.core.windows.net':
        'https://login.microsoftonline.com/tenant/oauth2/token',
    })
  })

  it('are of the cloud that the storage account is in', () => {
    for (const cloud of Object.values(CLOUDS)) {
      const settings = Object.entries(describeSparkSettings({ ...wish, cloud }))
      for (const [key] of settings) expect(key).toMatch(new RegExp(`\\.stlake\\.dfs\\.${cloud.storageSuffix}$`))
      expect(settings.map(([, value]) => value)).toContain(`https://${cloud.authorityHost}/tenant/oauth2/token`)
    }
  })
})

describe('the notebook', () => {
  const section = (readPath?: string) =>
    ({ job: { storageAccount: 'stlake', ...(readPath === undefined ? {} : { readPath }) } }) as unknown as Parameters<
      typeof writeNotebook
    >[0]

  it('selects 1, or reads the path that was given', () => {
    expect(writeNotebook(section(), CLOUDS.AzureCloud)).toBe('SELECT 1')
    expect(writeNotebook(section('raw/2026/11'), CLOUDS.AzureUSGovernment)).toBe(
      'SELECT path, length FROM binaryFile.`abfss://raw@stlake.dfs.core.usgovcloudapi.net/2026/11` LIMIT 10',
    )
  })

  it('is the same with the line that Databricks writes above it', () => {
    fc.assert(
      fc.property(fc.constantFrom('SELECT 1', 'SELECT 2\nSELECT 3'), (source) => {
        expect(isSameSource(`-- Databricks notebook source\n${source}\n`, source)).toBe(true)
        expect(isSameSource(`-- Databricks notebook source\n${source} -- and more`, source)).toBe(false)
      }),
    )
  })
})
