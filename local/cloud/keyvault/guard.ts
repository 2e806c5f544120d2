import type { CloudRequest, CloudResponse, Route } from '../service.ts'
import type { World } from '../world.ts'
import { authenticate, authorize, renderChallenge, type SecretAction } from './authorization.ts'
import { badParameter, KeyVaultError, toResponse } from './errors.ts'
import type { Delays, Vault } from './vault-state.ts'

/** What every call works on. */
export interface KeyVaultState {
  readonly world: World
  readonly vaults: ReadonlyMap<string, Vault>
  readonly delays: Delays
}

/** One admitted call: who and where are settled, the secret's name is well formed (or empty for lists). */
export interface VaultCall {
  readonly request: CloudRequest
  readonly vault: Vault
  readonly secretName: string
  readonly now: number
}

const apiVersions = new Set(['7.0', '7.1', '7.2', '7.3', '7.4', '7.5', '7.6', '2025-07-01', '2026-04-01'])

const NAME_PATTERN = /^[0-9a-zA-Z-]{1,127}$/

function checkApiVersion(request: CloudRequest): void {
  const version = request.url.searchParams.get('api-version')
  if (version === null || version === '') throw badParameter('api-version must be specified')
  if (!apiVersions.has(version)) {
    throw badParameter(
      `The specified version (${version}) is not recognized. Consider using the latest supported version (2026-04-01).`,
    )
  }
}

/** Makes a route that admits only what the service would: a known token, role, API version and name. */
export function guardRoute(
  state: KeyVaultState,
  route: Pick<Route, 'name' | 'method' | 'path'>,
  action: SecretAction,
  handle: (call: VaultCall) => CloudResponse,
): Route {
  return {
    ...route,
    handle: (request) => {
      const vault = state.vaults.get(request.url.hostname)
      if (vault === undefined) throw new Error(`no vault ${request.url.hostname}`)
      const secretName = request.params['name'] ?? ''
      try {
        const claims = authenticate(state.world, vault, request)
        checkApiVersion(request)
        if ('name' in request.params && !NAME_PATTERN.test(secretName)) {
          throw badParameter(`The request URI contains an invalid name: ${secretName}`)
        }
        authorize(state.world, vault, claims, action, secretName)
        return handle({
          request,
          vault,
          secretName,
          now: state.world.clock.now(),
        })
      } catch (error) {
        if (!(error instanceof KeyVaultError)) throw error
        return toResponse(error, error.status === 401 ? renderChallenge(vault, state.world.settings.tenantId) : {})
      }
    },
  }
}
