import type { Claims } from '../entra/tokens.ts'
import type { CloudRequest } from '../service.ts'
import type { World } from '../world.ts'
import { ArmError } from './errors.ts'

interface ArmCloud {
  readonly host: string
  /** Accepted with and without a trailing slash. */
  readonly audiences: readonly string[]
  readonly login: string
}

/** Resource Manager of each cloud: https://learn.microsoft.com/azure/developer/python/sdk/authentication/multi-cloud. */
const clouds: readonly ArmCloud[] = [
  {
    host: 'management.azure.com',
    audiences: ['https://management.core.windows.net', 'https://management.azure.com'],
    login: 'login.microsoftonline.com',
  },
  {
    host: 'management.usgovcloudapi.net',
    audiences: ['https://management.core.usgovcloudapi.net', 'https://management.usgovcloudapi.net'],
    login: 'login.microsoftonline.us',
  },
  {
    host: 'management.chinacloudapi.cn',
    audiences: ['https://management.core.chinacloudapi.cn', 'https://management.chinacloudapi.cn'],
    login: 'login.chinacloudapi.cn',
  },
]

export function findArmCloud(host: string): ArmCloud | undefined {
  return clouds.find((cloud) => cloud.host === host)
}

/** Throws a 401 unless the request bears a token for Resource Manager. */
export function authenticate({ tokens, settings, clock }: World, { url, headers }: CloudRequest): Claims {
  const cloud = findArmCloud(url.hostname)
  if (cloud === undefined) throw new Error(`${url.hostname} is no Resource Manager`)
  const { audiences, login } = cloud
  const refuse = (code: string, message: string): ArmError =>
    new ArmError(401, code, message, {
      'WWW-Authenticate': `Bearer authorization_uri="https://${login}/${settings.tenantId}", error="invalid_token", error_description="${message}"`,
    })
  const verdict = tokens.verify(headers.authorization, audiences)
  switch (verdict.kind) {
    case 'valid':
      return verdict.claims
    case 'missing':
      throw refuse('AuthenticationFailed', "Authentication failed. The 'Authorization' header is missing.")
    case 'wrong-audience': {
      const accepted = audiences.flatMap((audience) => [`'${audience}/'`, `'${audience}'`]).join(',')
      throw refuse(
        'InvalidAuthenticationTokenAudience',
        `The access token has been obtained for wrong audience or resource '${verdict.detail}'. It should exactly match with one of the allowed audiences ${accepted}.`,
      )
    }
    case 'expired':
      throw refuse(
        'ExpiredAuthenticationToken',
        `The access token expiry UTC time '${verdict.detail}' is earlier than current UTC time '${new Date(clock.now()).toISOString()}'.`,
      )
    case 'bad-signature':
    case 'malformed':
      throw refuse('InvalidAuthenticationToken', 'The access token is invalid.')
  }
}
