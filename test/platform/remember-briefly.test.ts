import { describe, expect, it } from 'vitest'
import { rememberBriefly } from '../../src/platform/remember-briefly.ts'
import { createManualTime } from '../support/manual-time.ts'

const FOR_MS = 60_000

/** Counts what it is asked, and gives these answers in turn, the last one for ever. */
function createQuestion(...answers: readonly (number | Error)[]) {
  const time = createManualTime()
  const asked: string[] = []
  const remembered = rememberBriefly(
    async (key) => {
      const answer = answers[Math.min(asked.length, answers.length - 1)]
      asked.push(key)
      if (typeof answer !== 'number') throw answer
      return answer
    },
    { time, forMs: FOR_MS, isWorthKeeping: (answer) => answer > 0 },
  )
  return { time, asked, remembered }
}

describe('an answer that is remembered briefly', () => {
  it('is asked for once for each key, also by those who ask at the same time', async () => {
    const { asked, remembered } = createQuestion(1)
    expect(await Promise.all(['a', 'a', 'b', 'a'].map(remembered))).toEqual([1, 1, 1, 1])
    expect(asked).toEqual(['a', 'b'])
  })

  it('is asked for again when its time is over', async () => {
    const { time, remembered } = createQuestion(1, 2)
    await remembered('a')
    await time.sleep(FOR_MS - 1)
    expect(await remembered('a')).toBe(1)
    await time.sleep(1)
    expect(await remembered('a')).toBe(2)
  })

  it('is asked for again at once when it is not worth keeping', async () => {
    const { remembered } = createQuestion(0, 3)
    expect(await remembered('a')).toBe(0)
    expect(await remembered('a')).toBe(3)
  })

  it('is asked for again when it could not be had', async () => {
    const { remembered } = createQuestion(new Error('no'), 4)
    await expect(remembered('a')).rejects.toThrow('no')
    expect(await remembered('a')).toBe(4)
  })
})
