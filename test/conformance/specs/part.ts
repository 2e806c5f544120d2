import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { RecordedExchange } from '../../../local/cloud/request-log.ts'
import { startStack } from '../../../local/stack.ts'
import { specExplanations, withoutDescription } from '../explanations.ts'
import type { PartReport } from '../report.ts'
import { judgeExplanations, reachVerdict, type Verdict } from '../verdict.ts'
import { type DescribedService, readServices } from './services.ts'
import { callResourceManager } from './traffic/arm-calls.ts'
import { callDatabricks } from './traffic/databricks-calls.ts'
import { callDatabricksJobs } from './traffic/databricks-job-calls.ts'
import { callDatabricksPermissions } from './traffic/databricks-permission-calls.ts'
import { callDatabricksSecrets } from './traffic/databricks-secret-calls.ts'
import { callDatabricksTokens } from './traffic/databricks-token-calls.ts'
import { callGraph } from './traffic/graph-calls.ts'
import { callKeyVault } from './traffic/keyvault-calls.ts'
import { runOnboardings } from './traffic/onboardings.ts'
import { createSender } from './traffic/sender.ts'
import { findOperation, validateExchange } from './validate-exchange.ts'

/** Holds what the product and the pretend Azure say to each other against the services' own descriptions. */
export async function checkSpecs(specs: string): Promise<PartReport> {
  const services = await readServices(specs)
  const exchanges = await recordTraffic()
  const notDescribed = new Map<string, number>()
  const verdicts: Verdict[] = []
  for (const exchange of exchanges) {
    const verdict = judgeExchange(services, exchange)
    if (verdict !== null) verdicts.push(verdict)
    else notDescribed.set(exchange.service, (notDescribed.get(exchange.service) ?? 0) + 1)
  }
  const reasons = specExplanations.map(({ reason }) => reason)
  return {
    part: 'specs',
    verdicts: [...verdicts, ...judgeExplanations(reasons, verdicts)],
    notes: [`not described: ${[...notDescribed].map(([service, count]) => `${service} ${count}`).join(', ')}`],
  }
}

/** Everything that crossed the pretend Azure while the demo and further calls ran. */
async function recordTraffic(): Promise<readonly RecordedExchange[]> {
  const folder = await mkdtemp(join(tmpdir(), 'steward-conformance-'))
  const recordFile = join(folder, 'exchanges.jsonl')
  try {
    const stack = await startStack({ recordFile, hostFlags: ['--poll-max-ms', '200'] })
    try {
      await runOnboardings(stack)
      const sender = await createSender(stack.cloud)
      await callGraph(sender, stack)
      await callKeyVault(sender, stack)
      await callDatabricksJobs(sender, stack)
      await callDatabricksSecrets(sender, stack)
      await callDatabricksPermissions(sender, stack)
      await callDatabricksTokens(sender, stack)
      await callDatabricks(sender, stack)
      await callResourceManager(sender, stack)
    } finally {
      await stack.stop()
    }
    const lines = (await readFile(recordFile, 'utf8')).trimEnd().split('\n')
    return lines.map((line) => JSON.parse(line) as RecordedExchange)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Null for what is known to have no description. */
function judgeExchange(services: readonly DescribedService[], exchange: RecordedExchange): Verdict | null {
  const id = `${exchange.method} ${exchange.url} ${exchange.status}`
  if (withoutDescription.some(({ covers }) => covers(exchange))) return null
  const service = services.find((candidate) => candidate.service === exchange.service)
  const path = service?.pathOf(exchange) ?? ''
  const operation = findOperation(service?.operations ?? [], exchange.method, path)
  if (operation === undefined) {
    return { kind: 'unexplained', id, differences: [{ at: 'call', expected: 'a described operation', got: path }] }
  }
  return reachVerdict(id, exchange, validateExchange(operation, exchange, path), specExplanations)
}
