import type { NamedCommand } from '../local/cloud/control.ts'
import { DEFAULT_SETTINGS } from '../local/cloud/settings.ts'
import type { Stack } from '../local/stack.ts'
import { writeCredentialTags } from '../src/trust/credential-tags.ts'
import { credentialMark, federatedCredentialName } from '../src/trust/marks.ts'

const INSTANCE = 'bench'
const DAY_MS = 86_400_000
const LIFETIME_DAYS = 90
const { tenantId, subscriptionId, identity, vaults: VAULTS } = DEFAULT_SETTINGS
/** Commands in one call of the control port. */
const BATCH = 500

export const REQUESTS_PER_SECOND = 15

/** Host names of the five workspaces. */
export const WORKSPACES = [1, 2, 3, 4, 5].map((n) => `adb-${n}234567890123456.${n}.azuredatabricks.net`)

/** The configuration of an app that keeps credentials of all of them, in every vault, with default rates and policy. */
export function createRotationConfig() {
  const group = (name: string): string => `/subscriptions/${subscriptionId}/resourceGroups/${name}/providers`
  const label = (host: string): string => host.split('.')[0] ?? host
  return {
    instance: INSTANCE,
    vaults: VAULTS.map((host) => ({
      url: `https://${host}`,
      resourceId: `${group('rg-steward')}/Microsoft.KeyVault/vaults/${label(host)}`,
    })),
    databricks: {
      workspaces: WORKSPACES.map((host) => ({
        url: `https://${host}`,
        resourceId: `${group('rg-data')}/Microsoft.Databricks/workspaces/${label(host)}`,
        requestsPerSecond: REQUESTS_PER_SECOND,
      })),
    },
    rotation: { lifetimeDays: LIFETIME_DAYS, renewBeforeDays: 30, graceHours: 48 },
  }
}

/** Lets the workspaces' members use tokens, and refuses what comes faster than the configuration allows. */
export async function prepareWorkspaces({ control }: Stack): Promise<void> {
  await control.commands(
    WORKSPACES.flatMap((workspace) => [
      { service: 'databricks', command: 'letUseTokens', input: { workspace, group: 'users' } },
      { service: 'databricks', command: 'rate', input: { workspace, requestsPerSecond: REQUESTS_PER_SECOND } },
    ]),
  )
}

export interface SeedOptions {
  /** What the names of the secrets begin with. */
  readonly prefix: string
  readonly count: number
  /** Number of the first; 0 when absent. */
  readonly from?: number
  /** How old each token is, of ninety days: with thirty left and less it is due. */
  readonly ageDays: number
  /** How many credentials each principal has; Databricks allows it 600 tokens. */
  readonly perPrincipal: number
}

/** Credentials over all workspaces and vaults in turn, each as an onboarding and a rotation would have left it. */
export async function seedCredentials({ control }: Stack, options: SeedOptions): Promise<void> {
  const { prefix, count, from = 0, ageDays, perPrincipal } = options
  const run = async <T>(commands: readonly NamedCommand[]): Promise<T[]> => {
    const answers: T[] = []
    for (let start = 0; start < commands.length; start += BATCH) {
      answers.push(...(await control.commands<T>(commands.slice(start, start + BATCH))))
    }
    return answers
  }
  const indexes = Array.from({ length: count }, (_, index) => from + index)
  const workspaceOf = (index: number): string => take(WORKSPACES, index)
  // A principal for each group of credentials of the same workspace.
  const groupOf = (index: number): number =>
    Math.floor(index / (WORKSPACES.length * perPrincipal)) * WORKSPACES.length + (index % WORKSPACES.length)
  const groups = [...new Set(indexes.map(groupOf))].toSorted((a, b) => a - b)
  const applications = await run<{ appId: string }>(groups.map((group) => createApplication(`${prefix}-${group}`)))
  const clientIds = new Map(groups.map((group, place) => [group, applications[place]?.appId ?? '']))
  await run([...clientIds].map(([group, applicationId]) => addToWorkspace(workspaceOf(group), applicationId)))

  const credentials = indexes.map((index) => {
    const secretName = `${prefix}-${String(index).padStart(5, '0')}`
    return {
      secretName,
      workspace: workspaceOf(index),
      vault: take(VAULTS, index),
      clientId: clientIds.get(groupOf(index)) ?? '',
    }
  })
  const tokens = await run<{ tokenId: string; tokenValue: string }>(
    credentials.map(({ secretName, workspace, vault, clientId: applicationId }) => ({
      service: 'databricks',
      command: 'seedToken',
      input: {
        workspace,
        applicationId,
        comment: credentialMark(INSTANCE, `https://${vault}`, secretName),
        createdAgoMs: ageDays * DAY_MS,
        usedAgoMs: DAY_MS,
        lifetimeMs: LIFETIME_DAYS * DAY_MS,
      },
    })),
  )
  const expires = Math.floor((Date.now() + (LIFETIME_DAYS - ageDays) * DAY_MS) / 1000)
  await run(
    credentials.map(({ secretName: name, workspace, vault, clientId }, index) => ({
      service: 'keyvault',
      command: 'put',
      input: {
        vault,
        name,
        value: take(tokens, index).tokenValue,
        contentType: 'text/plain',
        expires,
        tags: writeCredentialTags({
          kind: 'databricks-token',
          owner: { instance: INSTANCE, name: prefix },
          clientId,
          credentialId: take(tokens, index).tokenId,
          overrides: {},
          isPaused: false,
          previous: [],
          workspace: `https://${workspace}`,
          actsBy: { kind: 'entra' },
          scope: null,
        }),
      },
    })),
  )
}

/** An application that lets Steward's identity sign in as it. */
function createApplication(displayName: string): NamedCommand {
  const trusted = {
    name: federatedCredentialName(INSTANCE),
    issuer: `https://login.microsoftonline.com/${tenantId}/v2.0`,
    subject: identity.objectId,
    audience: 'api://AzureADTokenExchange',
  }
  return { service: 'graph', command: 'createApplication', input: { displayName, federatedCredentials: [trusted] } }
}

function addToWorkspace(workspace: string, applicationId: string): NamedCommand {
  const resources = [{ kind: 'ServicePrincipal', applicationId }]
  return { service: 'databricks', command: 'seed', input: { workspace, resources } }
}

/** Round and round. */
function take<T>(items: readonly T[], index: number): T {
  const item = items[index % items.length]
  if (item === undefined) throw new RangeError('there is nothing to take')
  return item
}
