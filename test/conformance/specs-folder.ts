import { stat } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

/** Beside the repository. */
const DEFAULT = fileURLToPath(new URL('../../../shared/specs', import.meta.url))

/** The folder named, or else the usual one; null when it is not there. */
export async function findSpecs(named: string | undefined): Promise<string | null> {
  const folder = named ?? DEFAULT
  return stat(folder).then(
    (found) => (found.isDirectory() ? folder : null),
    () => null,
  )
}
