import { StewardError } from '../platform/errors.ts'
import type { CredentialDecision } from './decide-credential.ts'

/** Why the secret that is in the vault is not written over. */
export function explainRefusal(decision: CredentialDecision & { kind: 'refuse' }, target: string): StewardError {
  switch (decision.reason) {
    case 'belongs-to-another':
      return new StewardError(
        'belongs-to-another',
        `The ${target} belongs to the onboarding "${decision.belongsTo}". Choose another secret name or another vault.`,
      )
    case 'of-another-application':
      return new StewardError(
        'belongs-to-another',
        `The ${target} holds a credential of the application ${decision.clientId}, which is still there. To go on with that application, name it with "clientId" and "adopt": true (an Admin may); for another one choose another secret name.`,
      )
    case 'of-another-kind':
      return new StewardError(
        'differs',
        `The ${target} holds another kind of credential. Give each a secret name of its own.`,
      )
    case 'adopted-is-missing':
      return new StewardError(
        'not-found',
        `The credential that was to be adopted for the ${target} is not among those of the principal: check tokenId ("databricks token-management list").`,
      )
    case 'switched-off':
      return new StewardError(
        'switched-off',
        `The current version of the ${target} was disabled by somebody. Enable it again, or delete and purge the secret, then start the onboarding again.`,
      )
    case 'not-ours':
      return new StewardError(
        'not-ours',
        `The ${target} is there already and Steward did not make it. Choose another secret name, or have its owner delete and purge it.`,
      )
  }
}

/** Why a deleted secret is not recovered. */
export function explainForeignDeleted(target: string): StewardError {
  return new StewardError(
    'not-ours',
    `The ${target} was deleted and can still be recovered, so the name is not free, and Steward did not make it. Recover it or purge it ("az keyvault secret recover" or "purge"), then start the onboarding again.`,
  )
}
