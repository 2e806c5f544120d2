import { InvocationContext } from '@azure/functions'

/** One line that a function logged, with the level at which the host got it. */
export interface LoggedLine {
  readonly level: string
  readonly [field: string]: unknown
}

/** An invocation as the library makes it, whose log is kept. */
export function createRecordingInvocation(): { invocation: InvocationContext; lines: LoggedLine[] } {
  const lines: LoggedLine[] = []
  const invocation = new InvocationContext({
    functionName: 'under-test',
    logHandler: (level, ...args) => lines.push({ level, ...(JSON.parse(String(args[0])) as object) }),
  })
  return { invocation, lines }
}
