import { fileURLToPath } from 'node:url'
import { FUNCTION_KEY } from './stack.ts'

/** What to try first, as lines for a shell in whatever folder. */
export function createCurlLines(baseUrl: string, access: 'keys' | 'entra'): string {
  const caller = access === 'keys' ? `x-functions-key: ${FUNCTION_KEY}` : 'x-local-sign-in: you Steward.Admin'
  const call = `curl -sS -H '${caller}'`
  const example = quoteForShell(fileURLToPath(new URL('../examples/onboarding.json', import.meta.url)))
  const post = `${call} -H 'content-type: application/json' -d @${example}`
  return `# Is it ready?
curl -sS -i ${baseUrl}/api/health

# What would an onboarding do?
${post} '${baseUrl}/api/onboardings?dryRun=true'

# Do it, and see how it goes.
location=$(${post} -D - -o /dev/null ${baseUrl}/api/onboardings | tr -d '\\r' | awk 'tolower($1) == "location:" { print $2 }')
${call} "$location"

# All onboardings
${call} ${baseUrl}/api/onboardings
`
}

function quoteForShell(text: string): string {
  return /^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}
