import { setTimeout as sleep } from 'node:timers/promises'
import { FUNCTION_KEY, type Stack } from '../local/stack.ts'

/** Fires the timer, as an operator does by hand, and waits for the end of its look at all credentials. */
export async function scanAll(stack: Stack): Promise<void> {
  const ends = (): number => stack.output().filter((line) => line.includes('credentials-scanned')).length
  const before = ends()
  const { status } = await fetch(new URL('/admin/functions/rotate-credentials', stack.baseUrl), {
    method: 'POST',
    headers: { 'x-functions-key': FUNCTION_KEY, 'content-type': 'application/json' },
    body: '{}',
  })
  if (status !== 202) throw new Error(`the timer could not be fired: ${status}`)
  const giveUpAt = performance.now() + 180_000
  while (ends() === before) {
    if (performance.now() > giveUpAt) throw new Error('the credentials were not scanned in time')
    await sleep(50)
  }
}
