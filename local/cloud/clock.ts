import { closeSync, openSync, readSync, writeSync } from 'node:fs'

/** The pretend cloud's time: the machine's, plus a shift that the app's process shares through a file. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number
  /** Moves time forward for the fakes and for every process that has the shift loaded. */
  advance(milliseconds: number): void
}

/** A clock whose shift lives in an 8 byte file (a little-endian double, in milliseconds), so that a move is seen everywhere at once. */
export function openClock(file: string): Clock & { close(): void } {
  const descriptor = openSync(file, 'a+')
  closeSync(descriptor)
  const shared = openSync(file, 'r+')
  const buffer = Buffer.alloc(8)
  const readShift = (): number => (readSync(shared, buffer, 0, 8, 0) === 8 ? buffer.readDoubleLE(0) : 0)
  return {
    now: () => Date.now() + readShift(),
    advance: (milliseconds) => {
      buffer.writeDoubleLE(readShift() + milliseconds, 0)
      writeSync(shared, buffer, 0, 8, 0)
    },
    close: () => closeSync(shared),
  }
}
