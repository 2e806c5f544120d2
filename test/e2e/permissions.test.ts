import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createWholeRequest } from '../../bench/onboarding-requests.ts'
import { createPipeline, type Pipeline } from '../../local/pipeline.ts'
import { type Stack, startStack } from '../../local/stack.ts'
import { CALLS } from '../../scripts/call-table.ts'
import { ARM_RIGHTS } from '../../src/clients/arm/rights.ts'
import { MACHINE_LEARNING_RIGHTS } from '../../src/clients/azureml/rights.ts'
import { DATABRICKS_RIGHTS, PRINCIPAL_RIGHTS } from '../../src/clients/databricks/rights.ts'
import { GRAPH_RIGHTS } from '../../src/clients/graph/rights.ts'
import { VAULT_RIGHTS } from '../../src/clients/keyvault/rights.ts'
import { STORAGE_RIGHTS } from '../../src/clients/storage/rights.ts'

const rows = Object.values(CALLS).flat()

let stack: Stack
let pipeline: Pipeline
beforeAll(async () => {
  stack = await startStack({ hostFlags: ['--poll-max-ms', '100'] })
  pipeline = createPipeline(stack.baseUrl)
})
afterAll(() => stack.stop())

describe('the permissions document', () => {
  it('knows every call of the whole life of a principal', async () => {
    const vaultBacked: unknown = JSON.parse(
      await readFile(new URL('../../examples/onboarding.json', import.meta.url), 'utf8'),
    )
    for (const request of [vaultBacked, createWholeRequest('documented')]) {
      for (const turn of ['onboard', 'onboard', 'offboard', 'onboard'] as const) {
        const { status, problem } = await pipeline[turn](request)
        expect([turn, status, problem]).toEqual([turn, 'succeeded', null])
      }
    }
    const { workspace } = createWholeRequest('documented').machineLearning
    expect((await pipeline.call('GET', `/api/access?workspace=${workspace}`)).status).toBe(200)
    const known = new Set(rows.map(({ logged }) => logged))
    const made = (await stack.control.requests())
      .filter(({ service }) => service !== 'identity' && service !== 'entra')
      .map(({ service, route }) => `${service} ${route}`)
    expect([...new Set(made)].filter((call) => !known.has(call))).toEqual([])
  })

  it('has every right that a refusal may name', () => {
    const shown = new Set(rows.map(({ right }) => right))
    const rights = [
      ARM_RIGHTS,
      MACHINE_LEARNING_RIGHTS,
      DATABRICKS_RIGHTS,
      PRINCIPAL_RIGHTS,
      GRAPH_RIGHTS,
      VAULT_RIGHTS,
      STORAGE_RIGHTS,
    ].flatMap((table) => Object.entries(table))
    expect(rights.filter(([, right]) => !shown.has(right)).map(([name]) => name)).toEqual([])
  })
})
