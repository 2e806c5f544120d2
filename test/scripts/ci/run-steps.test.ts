import { describe, expect, it } from 'vitest'
import { countTests, formatCounts } from '../../../scripts/ci/counts.ts'
import { runSteps } from '../../../scripts/ci/run-steps.ts'

/** A step that runs a piece of JavaScript. */
const step = (code: string, withinMs = 20_000) => ({
  command: [process.execPath, '-e', code],
  count: countTests,
  withinMs,
})
const counting = (text: string, more = ''): ReturnType<typeof step> => step(`console.log('${text}');${more}`)

async function run(steps: Parameters<typeof runSteps>[0], allWithinMs = 60_000) {
  let log = ''
  const counts = await runSteps(steps, allWithinMs, (text) => {
    log += text
  })
  return { counts: formatCounts(counts), log }
}

describe('the steps of .ci/run', () => {
  it('add up, and their output is in the log', async () => {
    const { counts, log } = await run([
      counting('3 passed, 0 failed, 1 skipped', 'console.error("aside")'),
      counting('4 passed, 0 failed, 0 skipped'),
    ])
    expect(counts).toBe('7 passed, 0 failed, 1 skipped')
    expect(log).toContain('aside')
  })

  it.each([
    ['that ends badly', counting('3 passed, 0 failed, 0 skipped', 'process.exit(3)'), '3 passed, 1 failed, 0 skipped'],
    [
      'that names its failures',
      counting('3 passed, 2 failed, 0 skipped', 'process.exit(1)'),
      '3 passed, 2 failed, 0 skipped',
    ],
    ['that counts nothing', step('console.log("done")'), '0 passed, 1 failed, 0 skipped'],
    ['that is not there', { ...step(''), command: ['there-is-no-such-program'] }, '0 passed, 1 failed, 0 skipped'],
  ])('fail with one %s, and the others still run', async (_what, broken, expected) => {
    const { counts } = await run([broken, counting('0 passed, 0 failed, 5 skipped')])
    expect(counts).toBe(expected.replace('0 skipped', '5 skipped'))
  })

  it('end one that takes too long, with all that it started', async () => {
    const grandchild =
      'require("child_process").spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "inherit" })'
    const { counts, log } = await run([step(`${grandchild};setInterval(() => {}, 1000)`, 1_000)])
    expect(counts).toBe('0 passed, 1 failed, 0 skipped')
    expect(log).toContain('was ended')
  })

  it('keep to the time that all of them have together', async () => {
    const slow = step('setInterval(() => {}, 1000)')
    expect((await run([slow, slow], 500)).counts).toBe('0 passed, 2 failed, 0 skipped')
  })
})
