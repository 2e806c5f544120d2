import { readFile } from 'node:fs/promises'
import { startStack } from '../stack.ts'
import { createClaimBook } from './claims.ts'
import { runScenario } from './scenario.ts'
import { createTeller } from './teller.ts'

/** `npm run demo`: the main job on the pretend Azure; every printed claim was checked, and a false one is a failure. */
const startedAt = performance.now()
const isJson = process.argv.includes('--json')
const teller = createTeller(isJson ? () => undefined : (text) => process.stdout.write(text))
const book = createClaimBook(teller.claim)

teller.heading('Starting storage, the pretend Azure and the app (the built bundle)')
const stack = await startStack({ hostFlags: ['--poll-max-ms', '200'] })
try {
  const request = JSON.parse(await readFile(new URL('../../examples/onboarding.json', import.meta.url), 'utf8'))
  await runScenario({ stack, book, teller, request })
  const requests: Record<string, number> = {}
  for (const { service } of await stack.control.requests()) requests[service] = (requests[service] ?? 0) + 1
  const durationMs = Math.round(performance.now() - startedAt)
  const ok = book.claims.every((claim) => claim.ok)
  teller.summary({ ok, requests, durationMs, count: book.claims.length })
  if (isJson) process.stdout.write(`${JSON.stringify({ ok, claims: book.claims, requests, durationMs }, null, 2)}\n`)
  process.exitCode = ok ? 0 : 1
} finally {
  await stack.stop()
}
