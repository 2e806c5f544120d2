import type { CloudPlace } from '../../local/cloud/cloud.ts'

export const DATABRICKS_RESOURCE = '2ff814a6-3304-4ab8-85cb-cd0e6f879c1d'

/** Asks the platform's endpoint for a token of the managed identity. */
export async function getIdentityToken(place: CloudPlace, resource: string): Promise<string> {
  const url = new URL(place.identityEndpoint)
  const { clientId } = place.settings.identity
  url.search = String(new URLSearchParams({ 'api-version': '2019-08-01', resource, client_id: clientId }))
  const answer = await fetch(url, { headers: { 'x-identity-header': place.identityHeader } })
  const { access_token } = (await answer.json()) as { access_token?: string }
  if (access_token === undefined) throw new Error(`no token for ${resource}: the endpoint answered ${answer.status}`)
  return access_token
}
