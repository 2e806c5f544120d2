import { correlation, type LogLevel } from './correlation.ts'
import { redact } from './redact.ts'

/** Structured log: one JSON object a line, secrets taken out, bound to the running invocation. */
export interface Log {
  debug(event: string, fields?: Readonly<Record<string, unknown>>): void
  info(event: string, fields?: Readonly<Record<string, unknown>>): void
  warn(event: string, fields?: Readonly<Record<string, unknown>>): void
  error(event: string, fields?: Readonly<Record<string, unknown>>): void
}

/** `writeOutside` takes the lines that belong to no invocation. */
export function createLog(writeOutside: (level: LogLevel, line: string) => void): Log {
  const write = (level: LogLevel, event: string, fields: Readonly<Record<string, unknown>> = {}): void => {
    const running = correlation.getStore()
    const line = JSON.stringify(redact({ event, correlationId: running?.id, ...fields }))
    if (running) running.write(level, line)
    else writeOutside(level, line)
  }
  return {
    debug: (event, fields) => write('debug', event, fields),
    info: (event, fields) => write('info', event, fields),
    warn: (event, fields) => write('warn', event, fields),
    error: (event, fields) => write('error', event, fields),
  }
}
