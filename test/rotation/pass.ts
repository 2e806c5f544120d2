import { type ErrorCode, StewardError } from '../../src/platform/errors.ts'

/** The process is gone: nothing of the pass is heard of any more, and nothing more of it takes effect. */
export class Killed extends Error {}

/** What goes wrong at one call of a port: before it takes effect, or after. */
export interface Fault {
  /** Counts the calls of the pass from 0. */
  readonly at: number
  readonly when: 'before' | 'after'
  readonly what: 'kill' | 'unavailable' | 'denied'
}

/** One invocation's way to everything that is not Steward. */
export interface Pass {
  call<T>(name: string, effect: () => T): Promise<T>
}

/** Calls whose loss leaves the outcome open, because they are not repeated blindly. */
const NOT_REPEATED: ReadonlySet<string> = new Set(['createToken', 'addPassword', 'setSecret'])

/** `turns`: how many turns of others each call lets pass first; none when empty. */
export function createPass(fault: Fault | null = null, turns: readonly number[] = []): Pass {
  let count = 0
  let isDead = false
  const breakDown = (name: string, { when, what }: Fault): never => {
    if (what === 'kill') {
      isDead = true
      throw new Killed()
    }
    const lost: ErrorCode = when === 'after' && NOT_REPEATED.has(name) ? 'outcome-unknown' : 'upstream-unavailable'
    throw new StewardError(what === 'denied' ? 'upstream-denied' : lost, `The call ${name} broke down.`)
  }
  return {
    call: async (name, effect) => {
      const index = count++
      const wait = turns.length === 0 ? 0 : (turns[index % turns.length] ?? 0)
      for (let turn = 0; turn < wait; turn += 1) await Promise.resolve()
      if (isDead) throw new Killed()
      const broken = fault?.at === index ? fault : null
      if (broken?.when === 'before') return breakDown(name, broken)
      const answer = effect()
      if (broken?.when === 'after') return breakDown(name, broken)
      return answer
    },
  }
}
