import { type AccessMode, readAccessMode } from './access-mode.ts'
import { type Config, configSchema } from './config-schema.ts'
import { type Issue, StewardError } from './errors.ts'
import { toIssues } from './zod-issues.ts'

/** Everything that the app takes from its settings, validated. */
export interface Settings {
  readonly config: Config
  readonly tenantId: string
  readonly access: AccessMode
  readonly storage:
    | { readonly kind: 'connection-string'; readonly connectionString: string }
    | { readonly kind: 'identity'; readonly accountName: string }
}

/** A setting of a function app is at most 32 768 characters; below it there is room for the platform's own escaping. */
const MAX_CONFIG_LENGTH = 30_000

/** Five or six fields of what a field may be made of; whether they are in range is for the host to say. */
const NCRONTAB = /^[\w*,/-]+( +[\w*,/-]+){4,5}$/

type Environment = Readonly<Record<string, string | undefined>>

/** Reads and judges every setting at once. Throws `configuration-invalid` with all issues, each under its setting's name. */
export function readSettings(environment: Environment): Settings {
  const issues: Issue[] = []
  const config = readConfig(environment['STEWARD_CONFIG'], issues)
  const tenantId = environment['AZURE_TENANT_ID'] ?? ''
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(tenantId)) {
    issues.push({
      path: 'AZURE_TENANT_ID',
      message: 'must be the id of the Microsoft Entra tenant',
    })
  }
  const access = readAccess(environment, issues)
  checkSchedule(environment['ROTATION_SCHEDULE'], issues)
  const storage = readStorage(environment, issues)
  if (!config || !storage || issues.length > 0) {
    throw new StewardError(
      'configuration-invalid',
      'Steward is not configured: correct the settings named here and restart it.',
      {
        issues,
      },
    )
  }
  return { config, tenantId, access, storage }
}

function readAccess(environment: Environment, issues: Issue[]): AccessMode {
  const value = environment['STEWARD_ACCESS'] ?? 'keys'
  if (value !== 'keys' && value !== 'entra')
    issues.push({
      path: 'STEWARD_ACCESS',
      message: 'must be "keys" or "entra"',
    })
  return readAccessMode(environment)
}

/** The host reads it for the timer; where it is missing that one function is dead, and nothing else tells. */
function checkSchedule(schedule: string | undefined, issues: Issue[]): void {
  if (schedule && NCRONTAB.test(schedule.trim())) return
  issues.push({
    path: 'ROTATION_SCHEDULE',
    message: `${schedule ? 'is no NCRONTAB expression' : 'is missing'}; set six fields (second minute hour day month weekday, UTC) such as 0 7 * * * *`,
  })
}

function readStorage(environment: Environment, issues: Issue[]): Settings['storage'] | undefined {
  const connectionString = environment['AzureWebJobsStorage']
  if (connectionString) return { kind: 'connection-string', connectionString }
  const accountName = environment['AzureWebJobsStorage__accountName']
  if (accountName) return { kind: 'identity', accountName }
  issues.push({
    path: 'AzureWebJobsStorage',
    message: 'is missing; set it, or AzureWebJobsStorage__accountName',
  })
  return undefined
}

function readConfig(text: string | undefined, issues: Issue[]): Config | undefined {
  const report = (message: string): undefined => {
    issues.push({ path: 'STEWARD_CONFIG', message })
    return undefined
  }
  if (!text) return report('is missing; it holds steward.yaml as JSON')
  if (text.length > MAX_CONFIG_LENGTH) return report(`has ${text.length} characters, more than ${MAX_CONFIG_LENGTH}`)
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    return report('is not JSON; it holds steward.yaml as JSON')
  }
  const parsed = configSchema.safeParse(json)
  if (parsed.success) return parsed.data
  issues.push(
    ...toIssues(parsed.error).map(({ path, message }) => ({
      path: `STEWARD_CONFIG.${path}`,
      message,
    })),
  )
  return undefined
}
