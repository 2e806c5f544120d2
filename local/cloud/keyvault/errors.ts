import type { CloudResponse } from '../service.ts'

/** A refusal in Key Vault's own shape. */
export class KeyVaultError extends Error {
  readonly status: number
  readonly code: string
  readonly innerCode: string | null

  constructor(status: number, code: string, message: string, innerCode: string | null = null) {
    super(message)
    this.status = status
    this.code = code
    this.innerCode = innerCode
  }
}

export function toResponse(error: KeyVaultError, headers: Readonly<Record<string, string>> = {}): CloudResponse {
  const inner = error.innerCode === null ? {} : { innererror: { code: error.innerCode } }
  return {
    status: error.status,
    headers,
    body: { error: { code: error.code, message: error.message, ...inner } },
  }
}

export function badParameter(message: string): KeyVaultError {
  return new KeyVaultError(400, 'BadParameter', message)
}

export function secretNotFound(id: string): KeyVaultError {
  return new KeyVaultError(
    404,
    'SecretNotFound',
    `A secret with (name/id) ${id} was not found in this key vault. If you recently deleted this secret you may be able to recover it using the correct recovery command. For help resolving this issue, please see https://go.microsoft.com/fwlink/?linkid=2125182`,
  )
}

export function deletedSecretNotFound(name: string): KeyVaultError {
  return new KeyVaultError(404, 'SecretNotFound', `Deleted Secret not found: ${name}`)
}

type ConflictCode = 'ObjectIsDeletedButRecoverable' | 'ObjectIsBeingDeleted' | 'ObjectIsBeingRecovered'

const conflictTexts: Record<ConflictCode, string> = {
  ObjectIsDeletedButRecoverable:
    'is currently in a deleted but recoverable state, and its name cannot be reused; in this state, the secret can only be recovered or purged.',
  ObjectIsBeingDeleted: 'is currently being deleted.',
  ObjectIsBeingRecovered: 'is currently being recovered and cannot be re-created; retry later.',
}

export function conflict(name: string, innerCode: ConflictCode): KeyVaultError {
  return new KeyVaultError(409, 'Conflict', `Secret ${name} ${conflictTexts[innerCode]}`, innerCode)
}
