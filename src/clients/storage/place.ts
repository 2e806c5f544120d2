import type { Right } from '../right.ts'
import { explainStorageError, isMissingPlace } from './errors.ts'

/** For one call with all attempts of the SDK. */
const CALL_TIMEOUT_MS = 30_000

/** Bounds every call to storage; given to each SDK method as its options. */
export function withinTime(): { abortSignal: AbortSignal } {
  return { abortSignal: AbortSignal.timeout(CALL_TIMEOUT_MS) }
}

/** Runs a call; when the table, queue or container is not there yet, makes all of them and runs it once more. */
export async function inPlace<T>(ensure: () => Promise<void>, right: Right, work: () => Promise<T>): Promise<T> {
  try {
    return await work().catch(async (thrown: unknown) => {
      if (!isMissingPlace(thrown)) throw thrown
      await ensure()
      return work()
    })
  } catch (thrown) {
    throw explainStorageError(thrown, right)
  }
}
