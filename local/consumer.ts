import { setTimeout as sleep } from 'node:timers/promises'
import { createOutsider } from './outsider.ts'
import type { Stack } from './stack.ts'

export interface ConsumerOptions {
  readonly clientId: string
  /** What the consumer signs in to the vault with. */
  readonly clientSecret: string
  readonly vaultUrl: string
  readonly secretName: string
  readonly workspaceUrl: string
}

/** A program of somebody's that reads its token from the vault each time, and works with it. */
export interface Consumer {
  /** Reads the token and uses it once. */
  readToken(): Promise<string>
  /** Whether the workspace takes a token, whoever kept it. */
  isAccepted(token: string): Promise<boolean>
  /** Reads and uses the token again and again until told to stop. */
  begin(): void
  end(): Promise<{ readonly calls: number; readonly failures: readonly string[] }>
}

const PAUSE_MS = 50
const VAULT_RESOURCE = 'https://vault.azure.net'

export async function createConsumer({ cloud }: Stack, options: ConsumerOptions): Promise<Consumer> {
  const { clientId, clientSecret, vaultUrl, secretName, workspaceUrl } = options
  const outsider = await createOutsider(cloud)
  let vaultToken: string | null = null
  const signIn = async (): Promise<string> => {
    vaultToken ??= await outsider.signIn(clientId, clientSecret, VAULT_RESOURCE)
    if (vaultToken === null) throw new Error('the consumer could not sign in')
    return vaultToken
  }
  const readVault = async () =>
    outsider.call('GET', `${vaultUrl}/secrets/${secretName}/?api-version=7.5`, {
      headers: { authorization: `Bearer ${await signIn()}` },
    })
  const readToken = async (): Promise<string> => {
    let answer = await readVault()
    if (answer.status === 401) {
      // Its sign-in ran out, as every sign-in does.
      vaultToken = null
      answer = await readVault()
    }
    if (answer.status !== 200) throw new Error(`the vault answered ${answer.status}`)
    return (JSON.parse(answer.body) as { value: string }).value
  }
  const isAccepted = async (token: string): Promise<boolean> => {
    const answer = await outsider.call('GET', `${workspaceUrl}/api/2.0/preview/scim/v2/Me`, {
      headers: { authorization: `Bearer ${token}` },
    })
    return answer.status === 200 && (JSON.parse(answer.body) as { userName?: string }).userName === clientId
  }
  const failures: string[] = []
  let calls = 0
  let isRunning = false
  let running = Promise.resolve()
  const work = async (): Promise<void> => {
    while (isRunning) {
      calls += 1
      const accepted = await readToken().then(isAccepted).catch(String)
      if (accepted !== true) failures.push(`call ${calls}: ${accepted === false ? 'refused' : accepted}`)
      await sleep(PAUSE_MS)
    }
  }
  return {
    readToken,
    isAccepted,
    begin: () => {
      isRunning = true
      running = work()
    },
    end: async () => {
      isRunning = false
      await running
      return { calls, failures }
    },
  }
}
