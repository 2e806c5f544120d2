import { authenticateClient } from '../../entra/client-authentication.ts'
import { findCloudByHost } from '../../entra/clouds.ts'
import { EntraError } from '../../entra/errors.ts'
import { requireTenant } from '../../entra/guard.ts'
import type { World } from '../../world.ts'

const SECRET = /^(?<prefix>(?:spark\.hadoop\.)?fs\.azure\.account\.oauth2\.client\.)secret(?<suffix>\..+)?$/

function signIn(world: World, endpoint: string, clientId: string, secret: string): void {
  const url = new URL(endpoint)
  const cloud = findCloudByHost(url.hostname)
  if (cloud === undefined) throw new TypeError(`java.net.UnknownHostException: ${url.hostname}`)
  const form = new URLSearchParams({ grant_type: 'client_credentials', client_id: clientId, client_secret: secret })
  const params = { tenant: /^\/(?<tenant>[^/]+)\/oauth2\/token$/.exec(url.pathname)?.groups?.['tenant'] ?? '' }
  const request = { method: 'POST', url, params, headers: {}, body: Buffer.from(form.toString()) }
  requireTenant(world, request)
  authenticateClient(world, request, form, cloud)
}

/**
 * Signs in as Spark does with the settings of its storage accounts, secrets already put in: null when every account's
 * sign-in succeeds, else what the file system driver throws.
 */
export function findSignInError(world: World, sparkConf: Readonly<Record<string, string>>): string | null {
  for (const [key, secret] of Object.entries(sparkConf)) {
    const { prefix, suffix = '' } = SECRET.exec(key)?.groups ?? {}
    if (prefix === undefined) continue
    const clientId = sparkConf[`${prefix}id${suffix}`]
    const endpoint = sparkConf[`${prefix}endpoint${suffix}`]
    if (clientId === undefined || endpoint === undefined || !URL.canParse(endpoint)) {
      return `Configuration property ${prefix}${clientId === undefined ? 'id' : 'endpoint'}${suffix} not found.`
    }
    try {
      signIn(world, endpoint, clientId, secret)
    } catch (error) {
      if (error instanceof TypeError) return error.message
      if (!(error instanceof EntraError)) throw error
      return `AADToken: HTTP connection to ${endpoint} failed for getting token from AzureAD. HTTP response: ${error.status}; {"error":"${error.error}","error_description":"AADSTS${error.code}: ${error.message}"}`
    }
  }
  return null
}
