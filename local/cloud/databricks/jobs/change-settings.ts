import type { JobSettings, JobSettingsChange } from './settings.ts'

/** New entries replace those of the same key, and the others stay. */
function mergeByKey<T>(known: readonly T[], news: readonly T[] | undefined, keyOf: (entry: T) => string): T[] {
  const merged = new Map(known.map((entry) => [keyOf(entry), entry]))
  for (const entry of news ?? []) merged.set(keyOf(entry), entry)
  return [...merged.values()]
}

function removeFields(settings: Record<string, unknown>, fields: readonly string[]): void {
  for (const field of fields) {
    const [name = '', key] = field.split('/')
    if (key === undefined) delete settings[name]
    const entries = settings[name]
    if (key === undefined || !Array.isArray(entries)) continue
    settings[name] = entries.filter(
      ({ task_key, job_cluster_key }) => (name === 'tasks' ? task_key : job_cluster_key) !== key,
    )
  }
}

/** What an update makes of a job: fields are replaced, tasks and clusters each by its key; to be parsed once more. */
export function changeSettings(
  settings: JobSettings,
  change: JobSettingsChange,
  fieldsToRemove: readonly string[],
): Readonly<Record<string, unknown>> {
  const changed: Record<string, unknown> = {
    ...settings,
    ...change,
    tasks: mergeByKey(settings.tasks, change.tasks, ({ task_key }) => task_key),
  }
  if (change.job_clusters !== undefined) {
    changed['job_clusters'] = mergeByKey(
      settings.job_clusters ?? [],
      change.job_clusters,
      (each) => each.job_cluster_key,
    )
  }
  removeFields(changed, fieldsToRemove)
  return changed
}
