import { expect, test } from 'vitest'
import { createThrottle } from '../../../../local/host/http/throttle.ts'

test('calls beyond the concurrent ones wait for a place, those beyond the outstanding ones are refused', async () => {
  const throttle = createThrottle(1, 2)
  const leaveFirst = await throttle.enter()
  let hasEntered = false
  const second = throttle.enter()?.then((leave) => {
    hasEntered = true
    return leave
  })
  expect(throttle.enter()).toBeUndefined()
  await Promise.resolve()
  expect(hasEntered).toBe(false)

  leaveFirst?.()
  const leaveSecond = await second
  expect(throttle.enter()).toBeDefined()
  leaveSecond?.()
})
