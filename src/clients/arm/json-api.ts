import { parseErrorBody } from '../error-body.ts'
import { createJsonApi, type JsonApi, type JsonApiOptions } from '../json-api.ts'

/** Resource Manager as a JSON API, at one cloud's host. */
export function createArmApi(
  options: Pick<JsonApiOptions, 'http' | 'token' | 'identityLabel'> & { readonly host: string },
): JsonApi {
  const { http, token, host, identityLabel } = options
  return createJsonApi({
    http,
    token,
    origin: `https://${host}`,
    identityLabel,
    contentType: 'application/json',
    parseError: parseErrorBody,
  })
}
