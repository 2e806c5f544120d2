import type { CloudResponse, Route } from '../service.ts'
import { renderBundle, renderDeletedBundle, renderDeletedItem } from './bundles.ts'
import { conflict, deletedSecretNotFound } from './errors.ts'
import { guardRoute, type KeyVaultState, type VaultCall } from './guard.ts'
import { renderPage } from './paging.ts'
import { currentVersion, findSecret, listSecrets, type Secret, stageOf } from './vault-state.ts'

function getDeleted({ vault, secretName, now }: VaultCall): CloudResponse {
  const secret = findSecret(vault, secretName, now)
  if (secret === undefined || stageOf(secret, now) !== 'deleted') throw deletedSecretNotFound(secretName)
  return { status: 200, body: renderDeletedBundle(vault.host, secret) }
}

function listDeleted({ request, vault, now }: VaultCall): CloudResponse {
  return renderPage(
    request,
    listSecrets(vault, ['deleted'], now),
    ({ name }) => name.toLowerCase(),
    (secret) => renderDeletedItem(vault.host, secret),
  )
}

/** Recovering and purging have to wait until a deletion is complete. */
function findFullyDeleted({ vault, secretName, now }: VaultCall): Secret {
  const secret = findSecret(vault, secretName, now)
  const stage = secret === undefined ? 'active' : stageOf(secret, now)
  if (stage === 'deleting') throw conflict(secretName, 'ObjectIsBeingDeleted')
  if (stage === 'recovering') throw conflict(secretName, 'ObjectIsBeingRecovered')
  if (secret === undefined || stage !== 'deleted') throw deletedSecretNotFound(secretName)
  return secret
}

function recover(state: KeyVaultState, call: VaultCall): CloudResponse {
  const secret = findFullyDeleted(call)
  const readableAt = call.now + state.delays.recoveringMs
  secret.deletion = null
  secret.recovery = {
    readableAt,
    writableAt: readableAt + state.delays.settlingMs,
  }
  return {
    status: 200,
    body: renderBundle(call.vault.host, secret, currentVersion(secret), false),
  }
}

function purge(call: VaultCall): CloudResponse {
  call.vault.secrets.delete(findFullyDeleted(call).name.toLowerCase())
  return { status: 204 }
}

export function createDeletedSecretRoutes(state: KeyVaultState): readonly Route[] {
  const oneSecret = /^\/deletedsecrets\/(?<name>[^/]+)$/
  return [
    guardRoute(
      state,
      {
        name: 'deletedSecrets.list',
        method: 'GET',
        path: /^\/deletedsecrets\/?$/,
      },
      'readMetadata/action',
      listDeleted,
    ),
    guardRoute(
      state,
      { name: 'deletedSecrets.get', method: 'GET', path: oneSecret },
      'readMetadata/action',
      getDeleted,
    ),
    guardRoute(
      state,
      {
        name: 'deletedSecrets.recover',
        method: 'POST',
        path: /^\/deletedsecrets\/(?<name>[^/]+)\/recover$/,
      },
      'recover/action',
      (call) => recover(state, call),
    ),
    guardRoute(state, { name: 'deletedSecrets.purge', method: 'DELETE', path: oneSecret }, 'purge/action', purge),
  ]
}
