import pLimit from 'p-limit'
import { createPipeline, type Pipeline } from '../../local/pipeline.ts'
import { type RunningHost, type Stack, startStack } from '../../local/stack.ts'

/** A cloud, a storage and hosts of its own, so that a fault hits nobody else. */
export interface Lane {
  readonly stack: Stack
  readonly pipeline: Pipeline
  readonly host: RunningHost
  /** Forgets every application, workspace and role that earlier cases left; what is in the vaults stays. */
  empty(): Promise<void>
}

/** Lanes that tests run in side by side; what takes time here is waiting, not work. */
export interface Lanes {
  /** Runs a case in a free lane, with a host that has done nothing yet. */
  use(work: (lane: Lane) => Promise<void>): Promise<void>
  stop(): Promise<void>
}

const LANES = 8

/** A killed host's message comes back after two seconds instead of ten minutes; nothing of the product is shortened. */
const HOST_FLAGS = ['--poll-max-ms', '200', '--queue-lease-ms', '2000']

/** Stacks that start at once: more would only keep each other from being ready in time. */
const STARTS = 2

/** At most so many, each started for the first case that finds no other one free. */
export async function openLanes(count = LANES): Promise<Lanes> {
  const stacks: Promise<Stack>[] = []
  const free: Stack[] = []
  const waiting: ((stack: Stack) => void)[] = []
  const limit = pLimit(STARTS)
  const take = (): Promise<Stack> => {
    const stack = free.pop()
    if (stack) return Promise.resolve(stack)
    if (stacks.length === count) return new Promise((resolve) => waiting.push(resolve))
    const starting = limit(() => startStack({ hostFlags: HOST_FLAGS, instances: 0 }))
    stacks.push(starting)
    return starting
  }
  const giveBack = (stack: Stack): void => {
    const next = waiting.shift()
    if (next) next(stack)
    else free.push(stack)
  }
  return {
    use: async (work) => {
      const stack = await take()
      try {
        const host = await stack.startHost()
        await setRunTimes(stack)
        await work({ stack, host, pipeline: createPipeline(host.baseUrl), empty: () => empty(stack) })
      } finally {
        await stack.control.clearFaults()
        await Promise.all(stack.hosts.map(killHost))
        giveBack(stack)
      }
    },
    stop: async () => {
      const started = await Promise.allSettled(stacks)
      await Promise.all(started.flatMap((one) => (one.status === 'fulfilled' ? [one.value.stop()] : [])))
    },
  }
}

/** Clusters that start at once: how a run is waited for is not what is looked at here. */
async function setRunTimes({ control }: Stack): Promise<void> {
  await control.command('databricks', 'runTimes', { pendingMs: 0, runningMs: 0 })
}

async function empty(stack: Stack): Promise<void> {
  for (const service of ['graph', 'databricks', 'arm']) await stack.control.command(service, 'reset')
  await setRunTimes(stack)
}

/** SIGKILL to the host and to its worker, which would outlive it for a moment. */
export async function killHost({ child, report }: RunningHost): Promise<void> {
  try {
    process.kill(report.workerPid, 'SIGKILL')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
  await child.kill()
}
