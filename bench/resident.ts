import { readFile } from 'node:fs/promises'

/** A process's resident set in megabytes, from Linux's account of it. Throws elsewhere. */
export function readResidentMb(pid: number): Promise<number> {
  return readMegabytes(pid, 'VmRSS')
}

/** The most that it ever was. */
export function readPeakResidentMb(pid: number): Promise<number> {
  return readMegabytes(pid, 'VmHWM')
}

async function readMegabytes(pid: number, field: string): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  const kilobytes = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1]
  if (kilobytes === undefined) throw new Error(`/proc/${pid}/status tells no ${field}`)
  return Number(kilobytes) / 1024
}
