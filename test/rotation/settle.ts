import { createPass, Killed, type Pass } from './pass.ts'
import { HOUR_MS, type RotationWorld, type Waiting } from './rotation-world.ts'

const MAX_DELIVERIES = 5
const REDELIVERY_MS = 10_000
/** A message whose host died stays leased for that long. */
const DEAD_HOST_MS = 10 * 60_000
const MOST_MESSAGES = 300

/** One delivery of a message, as the host makes it: what throws is delivered again, and given up at last. */
export async function deliver(world: RotationWorld, waiting: Waiting, pass: Pass = createPass()): Promise<void> {
  const { queue, poison, time } = world
  waiting.deliveries += 1
  try {
    const outcome = await world.work(waiting.message, pass, waiting.deliveries > 1)
    if (outcome.kind !== 'failing') return
  } catch (thrown) {
    if (thrown instanceof TypeError) throw thrown
    if (thrown instanceof Killed) waiting.visibleAt = time.now() + DEAD_HOST_MS
  }
  waiting.visibleAt = Math.max(waiting.visibleAt, time.now() + REDELIVERY_MS)
  if (waiting.deliveries >= MAX_DELIVERIES) poison.push(waiting)
  else queue.push(waiting)
}

/** Takes what is visible, or the next that will be. */
export function takeNext(world: RotationWorld): Waiting | null {
  const [next] = world.queue.toSorted((a, b) => a.visibleAt - b.visibleAt)
  if (!next) return null
  world.queue.splice(world.queue.indexOf(next), 1)
  return next
}

/** Works on messages until there are none, waiting for each. */
export async function drain(world: RotationWorld): Promise<void> {
  for (let count = 0; ; count += 1) {
    const next = takeNext(world)
    if (!next) return
    if (count >= MOST_MESSAGES) throw new TypeError('the queue never runs empty')
    if (next.visibleAt > world.time.now()) world.time.advance(next.visibleAt - world.time.now())
    await deliver(world, next)
  }
}

/** Lets the timer fire for as long as the hours last, and the queue run empty after each fire. */
export async function settle(world: RotationWorld, hours: number, everyHours = 12): Promise<void> {
  const end = world.time.now() + hours * HOUR_MS
  for (;;) {
    await world.runTimer().catch((thrown: unknown) => {
      if (thrown instanceof TypeError) throw thrown
    })
    await drain(world)
    if (world.time.now() >= end) return
    world.time.advance(everyHours * HOUR_MS)
  }
}
