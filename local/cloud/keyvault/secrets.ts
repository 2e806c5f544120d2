import type { CloudResponse, Route } from '../service.ts'
import { renderBundle, renderDeletedBundle, renderItem } from './bundles.ts'
import { conflict, KeyVaultError, secretNotFound } from './errors.ts'
import { guardRoute, type KeyVaultState, type VaultCall } from './guard.ts'
import { renderPage } from './paging.ts'
import { parseSetBody, parseUpdateBody } from './secret-parameters.ts'
import {
  addVersion,
  currentVersion,
  findSecret,
  listSecrets,
  RETENTION_DAYS,
  type Secret,
  type SecretVersion,
  stageOf,
} from './vault-state.ts'

const DAY_MS = 86_400_000

function setSecret({ request, vault, secretName, now }: VaultCall): CloudResponse {
  const parameters = parseSetBody(request.body)
  const existing = findSecret(vault, secretName, now)
  switch (existing === undefined ? 'active' : stageOf(existing, now)) {
    case 'deleting':
      throw conflict(secretName, 'ObjectIsBeingDeleted')
    case 'deleted':
      throw conflict(secretName, 'ObjectIsDeletedButRecoverable')
    case 'recovering':
    case 'settling':
      throw conflict(secretName, 'ObjectIsBeingRecovered')
    case 'active': {
      const secret = addVersion(vault, secretName, parameters.value, parameters, now)
      return {
        status: 200,
        body: renderBundle(vault.host, secret, currentVersion(secret), true),
      }
    }
  }
}

function findReadable({ vault, secretName, now }: VaultCall): Secret {
  const secret = findSecret(vault, secretName, now)
  if (secret === undefined || !['active', 'settling'].includes(stageOf(secret, now))) throw secretNotFound(secretName)
  return secret
}

/** An empty version means the current one. */
function findVersion(secret: Secret, version: string): SecretVersion {
  if (version === '') return currentVersion(secret)
  const found = secret.versions.find((candidate) => candidate.version === version.toLowerCase())
  if (found === undefined) throw secretNotFound(`${secret.name}/${version}`)
  return found
}

function getSecret(call: VaultCall): CloudResponse {
  const secret = findReadable(call)
  const version = findVersion(secret, call.request.params['version'] ?? '')
  if (!version.enabled) {
    throw new KeyVaultError(403, 'Forbidden', 'Operation get is not allowed on a disabled secret.', 'SecretDisabled')
  }
  return {
    status: 200,
    body: renderBundle(call.vault.host, secret, version, true),
  }
}

function updateSecret(call: VaultCall): CloudResponse {
  const parameters = parseUpdateBody(call.request.body)
  const secret = findReadable(call)
  const version = findVersion(secret, call.request.params['version'] ?? '')
  if (parameters.contentType != null) version.contentType = parameters.contentType
  if (parameters.tags != null) version.tags = parameters.tags
  if (parameters.attributes?.enabled != null) version.enabled = parameters.attributes.enabled
  if (parameters.attributes?.nbf != null) version.notBefore = parameters.attributes.nbf
  if (parameters.attributes?.exp != null) version.expires = parameters.attributes.exp
  version.updatedAt = call.now
  return {
    status: 200,
    body: renderBundle(call.vault.host, secret, version, false),
  }
}

function listVersions(call: VaultCall): CloudResponse {
  const secret = findReadable(call)
  // By id, not by age: whoever wants the newest has to compare creation times.
  const versions = secret.versions.toSorted((a, b) => (a.version < b.version ? -1 : 1))
  return renderPage(
    call.request,
    versions,
    ({ version }) => version,
    (version) => renderBundle(call.vault.host, secret, version, false),
  )
}

function listCurrent({ request, vault, now }: VaultCall): CloudResponse {
  return renderPage(
    request,
    listSecrets(vault, ['active', 'settling'], now),
    ({ name }) => name.toLowerCase(),
    (secret) => renderItem(vault.host, secret),
  )
}

function deleteSecret(state: KeyVaultState, call: VaultCall): CloudResponse {
  const secret = findSecret(call.vault, call.secretName, call.now)
  const stage = secret === undefined ? 'deleted' : stageOf(secret, call.now)
  if (secret === undefined || stage === 'deleted') throw secretNotFound(call.secretName)
  if (stage === 'deleting') throw conflict(call.secretName, 'ObjectIsBeingDeleted')
  if (stage !== 'active') throw conflict(call.secretName, 'ObjectIsBeingRecovered')
  secret.recovery = null
  secret.deletion = {
    startedAt: call.now,
    readyAt: call.now + state.delays.deletingMs,
    purgeAt: call.now + RETENTION_DAYS * DAY_MS,
  }
  return { status: 200, body: renderDeletedBundle(call.vault.host, secret) }
}

export function createSecretRoutes(state: KeyVaultState): readonly Route[] {
  const oneSecret = /^\/secrets\/(?<name>[^/]+)\/?$/
  const oneVersion = /^\/secrets\/(?<name>[^/]+)\/(?<version>(?!versions$)[^/]+)$/
  return [
    guardRoute(state, { name: 'secrets.set', method: 'PUT', path: oneSecret }, 'setSecret/action', setSecret),
    guardRoute(state, { name: 'secrets.get', method: 'GET', path: oneSecret }, 'getSecret/action', getSecret),
    guardRoute(state, { name: 'secrets.getVersion', method: 'GET', path: oneVersion }, 'getSecret/action', getSecret),
    guardRoute(state, { name: 'secrets.update', method: 'PATCH', path: oneVersion }, 'update/action', updateSecret),
    guardRoute(state, { name: 'secrets.delete', method: 'DELETE', path: oneSecret }, 'delete', (call) =>
      deleteSecret(state, call),
    ),
    guardRoute(
      state,
      {
        name: 'secrets.listVersions',
        method: 'GET',
        path: /^\/secrets\/(?<name>[^/]+)\/versions$/,
      },
      'readMetadata/action',
      listVersions,
    ),
    guardRoute(
      state,
      { name: 'secrets.list', method: 'GET', path: /^\/secrets\/?$/ },
      'readMetadata/action',
      listCurrent,
    ),
  ]
}
