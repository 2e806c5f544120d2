import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export type Settings = Readonly<Record<string, string>>

/** App settings as a real host sees them: `Values` of local.settings.json, with the environment over them. */
export function readSettings(appFolder: string, environment: NodeJS.ProcessEnv): Settings {
  const file = join(appFolder, 'local.settings.json')
  const values: Record<string, string> = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')).Values ?? {}) : {}
  const settings = { ...values }
  for (const [name, value] of Object.entries(environment)) if (value !== undefined) settings[name] = value
  return settings
}

/** Replaces each `%NAME%` by the setting of that name; throws when there is none. */
export function resolveReferences(text: string, settings: Settings): string {
  return text.replace(/%([^%]+)%/g, (_, name: string) => {
    const value = settings[name]
    if (value === undefined) throw new Error(`the app setting "${name}" is missing`)
    return value
  })
}

/** The connection string that a binding's `connection` names; throws when there is none. */
export function getConnectionString(name: string | undefined, settings: Settings): string {
  const setting = name || 'AzureWebJobsStorage'
  const value = settings[`AzureWebJobs${setting}`] ?? settings[setting]
  if (!value) throw new Error(`the app setting "${setting}" is missing: it must hold a storage connection string`)
  return value
}

export function isFunctionDisabled(name: string, settings: Settings): boolean {
  const value = settings[`AzureWebJobs.${name}.Disabled`] ?? settings[`AzureWebJobs_${name}_Disabled`] ?? ''
  return value === '1' || value.toLowerCase() === 'true'
}
