import { AsyncLocalStorage } from 'node:async_hooks'

export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

/** What belongs to the invocation that is running: its id in every log line and request, and where its lines go. */
export interface Correlation {
  readonly id: string
  write(level: LogLevel, line: string): void
}

/** The running invocation; outside of one (while the app is composed) there is none. */
export const correlation = new AsyncLocalStorage<Correlation>()
