import type { AppFunction } from '../functions.ts'
import type { Invoker } from '../invoker.ts'
import type { Log } from '../log.ts'
import { resolveReferences, type Settings } from '../settings.ts'
import type { HostBlobs } from './host-blobs.ts'
import { keepLock } from './lock-keeper.ts'
import { isTooShortToMonitor, listNext, parseSchedule } from './schedule.ts'
import { advance, createTimerInput, decideAtStart, type ScheduleStatus } from './status.ts'

export interface TimerDeps {
  readonly blobs: HostBlobs
  readonly settings: Settings
  readonly invoker: Invoker
  readonly log: Log
  /** 0: no lock, every host fires. */
  readonly lockMs: number
}

export interface TimerListener {
  /** What the host knows of the schedule; undefined for a timer that is not monitored. */
  readonly status: ScheduleStatus | undefined
  stop(): Promise<void>
}

/** The longest wait a timer of Node takes is about 24 days. */
const longestWaitMs = 24 * 60 * 60_000

/** Starts a timer function; throws when its schedule does not parse or its setting is missing. */
export function startTimerFunction(fn: AppFunction, deps: TimerDeps): TimerListener {
  const { blobs, settings, invoker, log, lockMs } = deps
  const schedule = parseSchedule(resolveReferences(String(fn.trigger['schedule']), settings))
  const isMonitored = fn.trigger['useMonitor'] !== false && !isTooShortToMonitor(schedule, new Date())
  const logCategory = `Function.${fn.name}`
  let status: ScheduleStatus = { last: undefined, next: schedule.next(new Date()), lastUpdated: new Date() }
  let timer: NodeJS.Timeout | undefined
  let isActive = false

  async function begin(): Promise<void> {
    isActive = true
    const now = new Date()
    const stored = isMonitored ? await blobs.readStatus(fn.name) : undefined
    const decision = decideAtStart(stored, schedule, now)
    status = decision.status
    if (isMonitored && decision.isNew) await blobs.writeStatus(fn.name, status)
    const occurrences = listNext(schedule, now, 5).map((time) => time.toISOString().replace('T', ' '))
    log.write(
      logCategory,
      'information',
      `The next 5 occurrences of the '${fn.name}' schedule (${schedule.description}) will be:\n${occurrences.join('\n')}`,
    )
    if (decision.isPastDue) await run({ isPastDue: true, isScheduled: false })
    else if (fn.trigger['runOnStartup'] === true) await run({ isPastDue: false, isScheduled: false })
    waitForNext()
  }

  function waitForNext(): void {
    if (!isActive) return
    const waitMs = status.next.getTime() - Date.now()
    if (waitMs > longestWaitMs) timer = setTimeout(waitForNext, longestWaitMs)
    else timer = setTimeout(fire, Math.max(waitMs, 0))
  }

  async function fire(): Promise<void> {
    await run({ isPastDue: false, isScheduled: true })
    waitForNext()
  }

  async function run({ isPastDue, isScheduled }: { isPastDue: boolean; isScheduled: boolean }): Promise<void> {
    const startedAt = new Date()
    const trigger = createTimerInput(isMonitored ? status : undefined, isPastDue)
    await invoker.invoke(fn, { trigger, reason: `Timer fired at ${startedAt.toISOString()}` })
    status = advance(status, schedule, startedAt, isScheduled)
    if (!isMonitored) return
    try {
      await blobs.writeStatus(fn.name, status)
    } catch (error) {
      log.write(logCategory, 'warning', `could not write the schedule status: ${error}`)
    }
  }

  function acquired(): void {
    begin().catch((error) => log.write(logCategory, 'error', `the timer could not be started: ${error}`))
  }

  function pause(): void {
    isActive = false
    clearTimeout(timer)
  }

  const keeper = lockMs > 0 ? keepLock(blobs, fn.name, lockMs, { acquired, lost: pause }, log) : undefined
  if (!keeper) acquired()
  return {
    get status() {
      return isMonitored ? status : undefined
    },
    async stop() {
      pause()
      await keeper?.stop()
    },
  }
}
