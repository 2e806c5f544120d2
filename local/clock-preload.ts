import { openSync, readSync } from 'node:fs'

/**
 * Preloaded (`--import`) into a process of the local cloud: its `Date` runs ahead of the machine's by the shift in the
 * shared file (see cloud/clock.ts). Timers stay as they are.
 */
const file = process.env['STEWARD_LOCAL_CLOCK_FILE']
if (file !== undefined) {
  const descriptor = openSync(file, 'r')
  const buffer = Buffer.alloc(8)
  const MachineDate = Date
  const machineNow = Date.now.bind(Date)
  const shiftedNow = (): number =>
    machineNow() + (readSync(descriptor, buffer, 0, 8, 0) === 8 ? buffer.readDoubleLE(0) : 0)

  const ShiftedDate = new Proxy(MachineDate, {
    apply: () => new MachineDate(shiftedNow()).toString(),
    construct: (target, args: unknown[], newTarget) =>
      Reflect.construct(target, args.length === 0 ? [shiftedNow()] : args, newTarget),
    get: (target, property, receiver) => (property === 'now' ? shiftedNow : Reflect.get(target, property, receiver)),
  })
  globalThis.Date = ShiftedDate
}
