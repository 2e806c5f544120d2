import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { checkFixtures } from './fixtures/part.ts'
import { checkHost } from './host/part.ts'
import { countVerdicts, isGood, type Part, type PartReport } from './report.ts'
import { checkSpecs } from './specs/part.ts'
import { findSpecs } from './specs-folder.ts'
import { describeReport } from './summary.ts'

/**
 * `npm run conformance -- [--specs DIR] [--only fixtures|specs|host] [--slow] [--json]`: the pretend Azure against what
 * others recorded and described of the real one. A difference that nobody explained is a failure.
 */
const { values } = parseArgs({
  options: {
    specs: { type: 'string' },
    only: { type: 'string' },
    slow: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
})

const checks: Readonly<Record<Part, (specs: string) => Promise<PartReport>>> = {
  fixtures: checkFixtures,
  specs: checkSpecs,
  host: (specs) => checkHost(specs, values.slow),
}

/** Ends the process: without parts or specs there is nothing to report on. */
function refuse(sentence: string): never {
  process.stderr.write(`conformance: ${sentence}\n`)
  process.exit(1)
}

function chooseParts(): readonly Part[] {
  const parts = Object.keys(checks) as Part[]
  const chosen = values.only === undefined ? parts : parts.filter((part) => part === values.only)
  return chosen.length > 0 ? chosen : refuse(`--only takes one of ${parts.join(', ')}`)
}

/** A part that breaks down has not agreed; the others still say what they found. */
async function runPart(part: Part, specs: string): Promise<PartReport> {
  process.stderr.write(`conformance: ${part}\n`)
  try {
    return await checks[part](specs)
  } catch (error) {
    const got = error instanceof Error ? error.message : String(error)
    const differences = [{ at: 'run', expected: 'runs to its end', got }]
    return { part, verdicts: [{ kind: 'unexplained', id: `the part ${part}`, differences }], notes: [] }
  }
}

const parts = chooseParts()
const named = values.specs === undefined ? undefined : resolve(values.specs)
const specs = await findSpecs(named)
if (specs === null && named !== undefined) refuse(`there is no folder ${named}`)
const reports: PartReport[] = []
if (specs === null) process.stderr.write('conformance: there are no specs here; name their folder with --specs DIR\n')
else for (const part of parts) reports.push(await runPart(part, specs))
process.stdout.write(
  values.json
    ? `${JSON.stringify({
        ...countVerdicts(reports.flatMap(({ verdicts }) => verdicts)),
        parts: reports.map(({ part, verdicts, notes }) => ({
          part,
          ...countVerdicts(verdicts),
          notes,
          differences: verdicts.filter(({ kind }) => kind !== 'agreed'),
        })),
      })}\n`
    : describeReport(reports),
)
process.exitCode = isGood(reports) ? 0 : 1
