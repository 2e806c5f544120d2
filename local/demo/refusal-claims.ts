import type { ApiAnswer } from '../pipeline.ts'
import type { ClaimBook } from './claims.ts'
import type { DemoRequest } from './request.ts'

interface ProblemBody {
  readonly code?: string
  readonly issues?: readonly { readonly path: string; readonly message: string }[]
}

/** A second principal, of a name that begins like the first one's. */
const SECOND = 'etl'
const SHARED_VAULT = 'https://kv-team.vault.azure.net'

/** What a second principal asks for that is the first one's, or nobody's to give. */
function listAttempts({ clientSecret, databricks, machineLearning }: DemoRequest) {
  const second = { name: SECOND, servicePrincipal: { kind: 'entra', displayName: SECOND } }
  const ownSecret = { vault: SHARED_VAULT, secretName: 'etl-secret' }
  const { workspace, secretScope, job } = databricks
  return [
    {
      asks: "the first one's vault",
      body: { ...second, clientSecret },
      code: 'vault-shared',
      path: 'clientSecret.vault',
    },
    {
      asks: "the first one's secret scope",
      body: { ...second, databricks: { workspace, secretScope: { name: secretScope.name } } },
      code: 'invalid-request',
      path: 'databricks.secretScope.name',
    },
    {
      asks: 'a scope on a vault that others share',
      body: {
        ...second,
        databricks: { workspace, secretScope: { name: SECOND, backend: 'key-vault', vault: SHARED_VAULT } },
      },
      code: 'vault-shared',
      path: 'databricks.secretScope.vault',
    },
    {
      asks: "the first one's notebook",
      body: {
        ...second,
        clientSecret: ownSecret,
        databricks: {
          workspace,
          secretScope: { name: SECOND },
          job: { name: `/Steward/prod/etl-prod/${job.name}`, storageAccount: job.storageAccount },
        },
      },
      code: 'invalid-request',
      path: 'databricks.job.name',
    },
    {
      asks: 'a role that the configuration does not list',
      body: { ...second, machineLearning: { workspace: machineLearning.workspace, roles: ['Contributor'] } },
      code: 'not-allowed',
      path: 'machineLearning.roles[0]',
    },
  ]
}

/** Each is refused, with the place that is wrong. */
export async function checkRefusals(
  book: ClaimBook,
  request: DemoRequest,
  post: (body: unknown) => Promise<ApiAnswer<ProblemBody>>,
): Promise<void> {
  for (const { asks, body, code, path } of listAttempts(request)) {
    await book.check(`a second principal that asks for ${asks} is refused`, async () => {
      const answer = await post(body)
      const issue = answer.body.issues?.find((candidate) => candidate.path === path)
      const ok = answer.status >= 400 && answer.body.code === code && issue !== undefined
      return { ok, detail: `${answer.status} ${answer.body.code}: ${path} ${issue?.message}` }
    })
  }
}
