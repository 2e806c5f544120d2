import { describe, expect, it } from 'vitest'
import { isOfScan, LEAST_PER_ROTATION, measureTraffic, requireRotations } from '../../bench/rotation-requests.ts'
import type { LoggedRequest } from '../../local/cloud/request-log.ts'

const RATES = { workspaces: 2, requestsPerSecond: 4 }
const TOKENS = '/api/2.0/token-management/tokens'

function createRequest(request: Partial<LoggedRequest>): LoggedRequest {
  return {
    seq: 1,
    service: 'databricks',
    route: 'me.get',
    host: 'adb.example',
    method: 'GET',
    path: '/',
    status: 200,
    startedAt: 1_000,
    durationMs: 50,
    fault: null,
    clientRequestId: null,
    caller: null,
    ...request,
  }
}

const listOfAll = createRequest({ route: 'tokenManagement.list', path: TOKENS, startedAt: 0 })
const listOfOne = createRequest({ route: 'tokenManagement.list', path: `${TOKENS}?created_by_username=a` })
const page = createRequest({ service: 'keyvault', route: 'secrets.list', startedAt: 0 })

describe('the traffic of rotations', () => {
  it("leaves out what the timer's own look asks for, and what is not upstream", () => {
    const identity = createRequest({ service: 'identity', route: 'token' })
    const secret = createRequest({ service: 'keyvault', route: 'secrets.get' })
    expect([listOfAll, page, listOfOne, secret].map(isOfScan)).toEqual([true, true, false, false])
    expect(measureTraffic([listOfAll, page, listOfOne, secret, identity], RATES)).toMatchObject({
      requests: 2,
      databricks: 1,
      busyMs: 50,
      counts: new Map([
        ['databricks tokenManagement.list', 1],
        ['keyvault secrets.get', 1],
      ]),
    })
  })

  it('compares what Databricks took with what the rates allow from the first start to the last end', () => {
    const taken = [0, 100, 200, 950].map((startedAt) => createRequest({ startedAt }))
    const refused = createRequest({ startedAt: 300, status: 429 })
    const { busyMs, useOfRate, throttled } = measureTraffic([...taken, refused], RATES)
    expect([busyMs, useOfRate, throttled]).toEqual([1_000, 4 / 8, 1])
  })

  it('is not there without a request to Databricks', () => {
    expect(() => measureTraffic([listOfAll, page], RATES)).toThrow(RangeError)
  })
})

it('takes for a rotation only what makes every request of one', () => {
  const whole = LEAST_PER_ROTATION.map((name) => {
    const [service = '', route = ''] = name.split(' ')
    return createRequest({ service, route, path: '?created_by_username=a' })
  })
  expect(() => requireRotations(measureTraffic(whole, RATES), 1)).not.toThrow()
  expect(() => requireRotations(measureTraffic(whole.slice(0, -1), RATES), 1)).toThrow('secrets.getVersion')
  expect(() => requireRotations(measureTraffic(whole, RATES), 2)).toThrow('fewer than 2 times')
})

it('replaces a token with seven requests at least, three of them to its workspace', () => {
  expect(LEAST_PER_ROTATION.filter((name) => name.startsWith('databricks'))).toHaveLength(3)
  expect(LEAST_PER_ROTATION).toHaveLength(7)
})
