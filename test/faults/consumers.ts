import { setTimeout as sleep } from 'node:timers/promises'
import type { CloudControl } from '../../local/cloud/control.ts'
import type { Stack } from '../../local/stack.ts'
import type { KeptCredential } from './credentials.ts'
import { listCopiesInside, listPasswordsInside, listTokensInside, listVersionsInside } from './inside.ts'

const POLL_MS = 250

/** Consumers that read their secret anew whenever they need it, all the time. */
export interface Consumers {
  /** Gives how often they looked, and what did not work for whom; each complaint once. */
  stop(): Promise<{ readonly looks: number; readonly complaints: readonly string[] }>
}

/**
 * Looks all the time whether the vault's current version, and every copy in a scope, is a credential that its service
 * takes. Looks from the inside, so that no fault meant for Steward hits a consumer.
 */
export function watchConsumers({ control }: Pick<Stack, 'control'>, credentials: readonly KeptCredential[]): Consumers {
  const complaints = new Set<string>()
  const stopping = new AbortController()
  let looks = 0
  const loop = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      const suspects = await findBroken(control, credentials)
      // Replaced and retired between two of the questions: whoever reads again has what works.
      const again = suspects.length > 0 ? new Set(await findBroken(control, credentials)) : new Set<string>()
      for (const suspect of suspects) if (again.has(suspect)) complaints.add(suspect)
      looks += 1
      await sleep(POLL_MS)
    }
  }
  const looping = loop()
  // Told by `stop`, to whom it matters.
  looping.catch(() => undefined)
  return {
    stop: async () => {
      stopping.abort()
      await looping
      return { looks, complaints: [...complaints] }
    },
  }
}

async function findBroken(control: CloudControl, credentials: readonly KeptCredential[]): Promise<string[]> {
  const versions = await listVersionsInside(control)
  const copies = await listCopiesInside(control)
  const [tokens, passwords] = await Promise.all([listTokensInside(control), listPasswordsInside(control)])
  const byValue = new Map(tokens.map((token) => [token.value, token]))
  const owners = new Map(credentials.map(({ clientId, secretName }) => [clientId, secretName]))
  const current = credentials.flatMap(({ flavour, secretName, clientId }) => {
    const version = versions.get(secretName)?.at(-1)
    if (!version?.isEnabled) return [`${secretName}: ${version?.version} is disabled`]
    const keyId = version.tags['steward-key-id']
    const token = byValue.get(version.value)
    const works =
      flavour === 'client-secret'
        ? passwords.some((one) => one.clientId === clientId && one.keyId === keyId)
        : token?.state === 'active' && token.applicationId === clientId
    return works ? [] : [`${secretName}: ${version.version} holds what is ${token?.state ?? 'not known'}`]
  })
  const copied = copies.flatMap((value) => {
    const token = byValue.get(value)
    const secretName = token && owners.get(token.applicationId)
    return token && secretName && token.state !== 'active' ? [`${secretName}: the copy is ${token.state}`] : []
  })
  return [...current, ...copied]
}
