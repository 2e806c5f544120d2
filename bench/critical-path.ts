/** Something that began, took its time, and could not begin before others had ended. */
export interface Task {
  readonly name: string
  /** Names of the tasks that it needs. */
  readonly after: readonly string[]
  readonly startedAt: number
  readonly durationMs: number
}

/** The chain of dependent tasks whose durations have the greatest sum, first task first. Throws on a name that is not there, and on a circle. */
export function findCriticalPath(tasks: readonly Task[]): Task[] {
  const byName = new Map(tasks.map((task) => [task.name, task]))
  const found = new Map<string, Task[]>()

  const pathTo = (name: string, onTheWay: readonly string[]): Task[] => {
    const known = found.get(name)
    if (known) return known
    const task = byName.get(name)
    if (!task) throw new RangeError(`there is no task ${name}`)
    if (onTheWay.includes(name)) throw new RangeError(`${[...onTheWay, name].join(' needs ')}`)
    const before = task.after.map((need) => pathTo(need, [...onTheWay, name]))
    const path = [...longest(before), task]
    found.set(name, path)
    return path
  }

  return longest(tasks.map(({ name }) => pathTo(name, [])))
}

function longest(paths: readonly Task[][]): Task[] {
  return paths.reduce<Task[]>((best, path) => (sumDurations(path) > sumDurations(best) ? path : best), [])
}

export function sumDurations(tasks: readonly Pick<Task, 'durationMs'>[]): number {
  return tasks.reduce((sum, { durationMs }) => sum + durationMs, 0)
}

/** From the first start to the last end. */
export function measureWall(tasks: readonly Pick<Task, 'startedAt' | 'durationMs'>[]): number {
  const starts = tasks.map(({ startedAt }) => startedAt)
  const ends = tasks.map(({ startedAt, durationMs }) => startedAt + durationMs)
  return Math.max(...ends) - Math.min(...starts)
}

/** How long after the end of the last thing it needed each task began; tasks that need nothing are left out. */
export function listWaits(tasks: readonly Task[]): { readonly name: string; readonly waitMs: number }[] {
  const ends = new Map(tasks.map(({ name, startedAt, durationMs }) => [name, startedAt + durationMs]))
  return tasks
    .filter(({ after }) => after.length > 0)
    .map(({ name, after, startedAt }) => ({
      name,
      waitMs: startedAt - Math.max(...after.map((need) => ends.get(need) ?? Number.NaN)),
    }))
}
