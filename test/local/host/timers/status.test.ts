import { expect, test } from 'vitest'
import { parseSchedule } from '../../../../local/host/timers/schedule.ts'
import {
  advance,
  createTimerInput,
  decideAtStart,
  formatStatus,
  parseStatus,
} from '../../../../local/host/timers/status.ts'

const schedule = parseSchedule('0 * * * * *')
const at = (clock: string) => new Date(`2026-11-20T${clock}Z`)
const stored = { last: at('12:00:00'), next: at('12:01:00'), lastUpdated: at('12:00:00') }

test('a timer that never ran owes nothing', () => {
  expect(decideAtStart(undefined, schedule, at('12:00:30'))).toEqual({
    status: { last: undefined, next: at('12:01:00'), lastUpdated: at('12:00:30') },
    isPastDue: false,
    isNew: true,
  })
})

test('a tick that passed while no host ran is past due', () => {
  expect(decideAtStart(stored, schedule, at('12:00:59')).isPastDue).toBe(false)
  expect(decideAtStart(stored, schedule, at('12:01:05'))).toEqual({ status: stored, isPastDue: true, isNew: false })
})

test('a changed schedule owes nothing for the time before it was there', () => {
  const decision = decideAtStart(stored, parseSchedule('30 * * * * *'), at('12:05:00'))
  expect(decision).toMatchObject({ isPastDue: false, isNew: true, status: { next: at('12:05:30') } })
})

test('a run a little early counts as the tick it was meant for', () => {
  const early = advance(stored, schedule, at('12:00:59.997'), true)
  expect(early).toEqual({ last: at('12:01:00'), next: at('12:02:00'), lastUpdated: at('12:01:00') })
})

test('a run outside the schedule leaves the next tick where it is', () => {
  expect(advance(stored, schedule, at('12:00:30'), false).next).toEqual(at('12:01:00'))
})

test('a status survives being written and read', () => {
  expect(parseStatus(formatStatus(stored))).toEqual(stored)
  const neverRun = { ...stored, last: undefined }
  expect(parseStatus(formatStatus(neverRun))).toEqual(neverRun)
})

test('the timer object of a timer without monitor has no status', () => {
  expect(JSON.parse(createTimerInput(undefined, false).json ?? '')).toEqual({
    Schedule: { AdjustForDST: true },
    ScheduleStatus: null,
    IsPastDue: false,
  })
})
