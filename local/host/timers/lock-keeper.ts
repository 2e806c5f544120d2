import { setTimeout as sleep } from 'node:timers/promises'
import type { Log } from '../log.ts'
import type { HostBlobs, TimerLock } from './host-blobs.ts'

export interface LockKeeper {
  stop(): Promise<void>
}

/** A lock that cannot be given back by then, because storage is gone too, runs out by itself. */
const releaseWithinMs = 1_000

/**
 * Tries to hold the lock of a timer as long as the host lives, so that of several hosts one fires.
 * A host that does not get it tries again after the lock's whole length: the next one takes over late.
 */
export function keepLock(
  blobs: HostBlobs,
  functionName: string,
  lockMs: number,
  on: { readonly acquired: () => void; readonly lost: () => void },
  log: Log,
): LockKeeper {
  let lock: TimerLock | undefined
  let timer: NodeJS.Timeout | undefined
  let isStopped = false
  let turn: Promise<void> = Promise.resolve()

  async function tryOnce(): Promise<void> {
    try {
      if (lock) await renew(lock)
      else await acquire()
    } catch (error) {
      log.write('Host.Timer', 'warning', `the lock of ${functionName} could not be used: ${error}`)
    }
    if (!isStopped) timer = setTimeout(start, lock ? lockMs / 2 : lockMs)
  }

  async function acquire(): Promise<void> {
    lock = await blobs.acquireLock(functionName, Math.ceil(lockMs / 1000))
    if (lock && !isStopped) on.acquired()
  }

  async function renew(held: TimerLock): Promise<void> {
    if (await held.renew()) return
    lock = undefined
    on.lost()
  }

  function start(): void {
    turn = tryOnce()
  }

  start()
  return {
    async stop() {
      isStopped = true
      clearTimeout(timer)
      const released = turn.then(() => lock?.release()).catch(() => {})
      await Promise.race([released, sleep(releaseWithinMs, undefined, { ref: false })])
    },
  }
}
