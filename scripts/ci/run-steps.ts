import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { addCounts, type CountOutput, type Counts, formatCounts } from './counts.ts'

export interface Step {
  readonly command: readonly string[]
  readonly count: CountOutput
  /** A step that takes longer is ended and has failed. */
  readonly withinMs: number
}

const NOTHING: Counts = { passed: 0, failed: 0, skipped: 0 }
const ONE_FAILURE: Counts = { ...NOTHING, failed: 1 }

interface StepReport {
  readonly title: string
  readonly counts: Counts
  readonly durationMs: number
}

/**
 * Runs the steps one after another, whatever the others came to. A step has also failed when it could not run, ended
 * with another code than 0 without naming a failure, or counted nothing.
 */
export async function runSteps(
  steps: readonly Step[],
  allWithinMs: number,
  write: (text: string) => void,
): Promise<Counts> {
  const end = performance.now() + allWithinMs
  const reports: StepReport[] = []
  for (const step of steps) {
    const withinMs = Math.max(0, Math.min(step.withinMs, end - performance.now()))
    reports.push(await runStep({ ...step, withinMs }, write))
  }
  write('\n== Summary\n')
  for (const { title, counts, durationMs } of reports) {
    write(
      `   ${counts.failed === 0 ? 'ok    ' : 'FAILED'} ${title}: ${formatCounts(counts)} (${seconds(durationMs)})\n`,
    )
  }
  return addCounts(reports.map(({ counts }) => counts))
}

async function runStep({ command, count, withinMs }: Step, write: (text: string) => void): Promise<StepReport> {
  const title = command.join(' ')
  write(`\n== ${title}\n`)
  const startedAt = performance.now()
  const { output, ending } = await runCommand(command, withinMs, write)
  const durationMs = performance.now() - startedAt
  const counted = count(output)
  const isUnnamed = (ending !== 'ended well' || counted === null) && (counted?.failed ?? 0) === 0
  const counts = addCounts([counted ?? NOTHING, isUnnamed ? ONE_FAILURE : NOTHING])
  write(`   ${ending} after ${seconds(durationMs)}: ${counted === null ? 'counted nothing' : formatCounts(counted)}\n`)
  return { title, counts, durationMs }
}

/** Its output goes through as it comes. Its whole process group ends with it, so that nothing is left behind. */
async function runCommand(
  [program = '', ...args]: readonly string[],
  withinMs: number,
  write: (text: string) => void,
): Promise<{ output: string; ending: string }> {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true })
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text
    write(text)
  })
  child.stderr.setEncoding('utf8').on('data', write)
  let isLate = false
  const timer = setTimeout(() => {
    isLate = true
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
  }, withinMs)
  try {
    const [code] = (await once(child, 'close')) as [number | null]
    if (isLate) return { output, ending: `was ended, being longer than ${seconds(withinMs)} at it,` }
    return { output, ending: code === 0 ? 'ended well' : `ended with code ${code}` }
  } catch (error) {
    return { output, ending: `could not run (${error instanceof Error ? error.message : String(error)})` }
  } finally {
    clearTimeout(timer)
  }
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`
}
