import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

const END_WITH_PARENT = new URL('./end-with-parent.ts', import.meta.url).href

/** A child process that says when it is ready and ends with us. */
export interface Child {
  readonly pid: number
  /** The first line it printed that `isReady` took. */
  readonly readyLine: string
  /** Everything it printed up to now, line by line, both streams. */
  readonly output: readonly string[]
  /** SIGTERM, and SIGKILL for what is still there after ten seconds. */
  stop(): Promise<void>
  /** SIGKILL, at once. */
  kill(): Promise<void>
  readonly exited: Promise<void>
}

export interface ChildOptions {
  readonly what: string
  readonly args: readonly string[]
  readonly env?: NodeJS.ProcessEnv
  readonly isReady: (line: string) => boolean
  readonly readyWithinMs?: number
  /** Gets what the child complains about, line by line, besides its being kept in `output`. */
  readonly onErrorLine?: (line: string) => void
}

const STOP_WITHIN_MS = 10_000

/** Starts Node with these arguments and waits for the ready line. Throws with the output when it ends before. */
export async function startChild(options: ChildOptions): Promise<Child> {
  const { what, args, env = process.env, isReady, readyWithinMs = 55_000, onErrorLine } = options
  const child = spawn(process.execPath, ['--import', END_WITH_PARENT, ...args], {
    env,
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  const output: string[] = []
  const exited = once(child, 'exit').then(() => undefined)
  const ready = Promise.withResolvers<string>()
  createInterface({ input: child.stdout }).on('line', (line) => {
    output.push(line)
    if (isReady(line)) ready.resolve(line)
  })
  createInterface({ input: child.stderr }).on('line', (line) => {
    output.push(line)
    onErrorLine?.(line)
  })
  child.stdin.on('error', () => undefined)
  void exited.then(() => ready.reject(new Error(`${what} ended before it was ready:\n${output.join('\n')}`)))
  const timer = setTimeout(
    () => ready.reject(new Error(`${what} was not ready within ${readyWithinMs / 1000} s:\n${output.join('\n')}`)),
    readyWithinMs,
  )
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL')
    await exited
  }
  try {
    const readyLine = await ready.promise
    return {
      pid: child.pid ?? 0,
      readyLine,
      output,
      exited,
      kill,
      stop: async () => {
        const late = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS)
        child.kill('SIGTERM')
        await exited
        clearTimeout(late)
      },
    }
  } catch (error) {
    await kill()
    throw error
  } finally {
    clearTimeout(timer)
  }
}
