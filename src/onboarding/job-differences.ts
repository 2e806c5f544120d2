import type { Job, JobSettings } from '../clients/databricks/client.ts'

/** In which of what Steward sets the job is not as wished; what others add, such as a schedule, is theirs. */
export function findJobDifferences(wish: JobSettings, actual: Job['settings']): string[] {
  const differences: string[] = []
  if (actual.timeoutSeconds !== wish.timeoutSeconds) differences.push('timeout')
  if (actual.hasGitSource) differences.push('repository')
  const [task, ...others] = actual.tasks
  if (!task || others.length > 0 || task.key !== wish.task.key) return [...differences, 'tasks']
  if (task.notebookPath !== wish.task.notebookPath || task.isFromGit) differences.push('notebook')
  if (task.hasAddedCode) differences.push('libraries or init scripts')
  if (task.cluster === null) return [...differences, 'cluster']
  const { sparkConf, ...machines } = wish.task.cluster
  const { sparkConf: actualConf, ...actualMachines } = task.cluster
  if (!isSameRecord(machines, actualMachines)) differences.push('cluster')
  if (!isSameRecord(sparkConf, actualConf)) differences.push('Spark settings')
  return differences
}

function isSameRecord(
  wish: Readonly<Record<string, string | number>>,
  actual: Readonly<Record<string, string | number>>,
): boolean {
  const keys = new Set([...Object.keys(wish), ...Object.keys(actual)])
  return [...keys].every((key) => wish[key] === actual[key])
}
