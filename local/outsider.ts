import { readFile } from 'node:fs/promises'
import { Agent, request } from 'node:https'
import { text } from 'node:stream/consumers'
import type { CloudPlace } from './cloud/cloud.ts'

/** Somebody else in the pretend Azure: a consumer of what Steward made, calling services by their real names. */
export interface Outsider {
  call(
    method: string,
    url: string,
    options?: { headers?: Record<string, string>; body?: string },
  ): Promise<{ status: number; body: string }>
  /** Signs in with a client secret; the token, or null when it is refused. */
  signIn(clientId: string, clientSecret: string, resource: string): Promise<string | null>
}

export async function createOutsider(place: CloudPlace): Promise<Outsider> {
  const ca = await readFile(place.certificateFile, 'utf8')
  const agent = new Agent({ ca, keepAlive: false, proxyEnv: { HTTPS_PROXY: place.proxyUrl } })
  const call: Outsider['call'] = (method, url, { headers = {}, body } = {}) =>
    new Promise((resolve, reject) => {
      const outgoing = request(url, { method, headers, agent }, (incoming) => {
        text(incoming).then((received) => resolve({ status: incoming.statusCode ?? 0, body: received }), reject)
      })
      outgoing.once('error', reject)
      outgoing.end(body)
    })
  return {
    call,
    signIn: async (clientId, clientSecret, resource) => {
      const form = new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: clientId,
        client_secret: clientSecret,
        scope: `${resource}/.default`,
      })
      const answer = await call(
        'POST',
        `https://login.microsoftonline.com/${place.settings.tenantId}/oauth2/v2.0/token`,
        { headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: form.toString() },
      )
      return answer.status === 200 ? (JSON.parse(answer.body) as { access_token: string }).access_token : null
    },
  }
}
