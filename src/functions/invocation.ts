import type { InvocationContext } from '@azure/functions'
import { correlation, type LogLevel } from '../platform/correlation.ts'

/** Runs work as part of an invocation: its log lines go to the host's log of that very invocation, under one id. */
export function withInvocation<T>(context: InvocationContext, id: string, work: () => Promise<T>): Promise<T> {
  const write = (level: LogLevel, line: string): void => {
    if (level === 'error') context.error(line)
    else if (level === 'warn') context.warn(line)
    else if (level === 'info') context.info(line)
    else context.debug(line)
  }
  return correlation.run({ id, write }, work)
}
