import type { Stack } from '../../../../local/stack.ts'
import type { Sender } from './sender.ts'

const VERSION = 'api-version=7.5'

/** The calls and refusals of Key Vault that onboardings do not happen to need. */
export async function callKeyVault({ send }: Sender, { control, cloud }: Stack): Promise<void> {
  const [host = ''] = cloud.settings.vaults
  const vault = `https://${host}`
  const secret = `${vault}/secrets/conformance`
  await control.command('keyvault', 'delays', { deletingMs: 0, recoveringMs: 0, settlingMs: 0 })
  const body = {
    value: 'first',
    contentType: 'text/plain',
    tags: { by: 'conformance' },
    attributes: { exp: 1_900_000_000 },
  }
  await send(401, 'PUT', `${secret}?${VERSION}`, { body, isAnonymous: true })
  const first = await send(200, 'PUT', `${secret}?${VERSION}`, { body })
  await send(200, 'PUT', `${secret}?${VERSION}`, { body: { value: 'second' } })
  await send(200, 'GET', `${secret}/?${VERSION}`)
  await send(200, 'GET', `${first['id']}?${VERSION}`)
  await send(200, 'PATCH', `${first['id']}?${VERSION}`, { body: { tags: { by: 'conformance', again: 'yes' } } })
  await send(200, 'GET', `${secret}/versions?${VERSION}&maxresults=1`)
  await send(200, 'GET', `${vault}/secrets?${VERSION}&maxresults=5`)
  await send(404, 'GET', `${vault}/secrets/unheard-of/?${VERSION}`)

  await send(200, 'DELETE', `${secret}?${VERSION}`)
  await send(409, 'PUT', `${secret}?${VERSION}`, { body: { value: 'third' } })
  await send(200, 'GET', `${vault}/deletedsecrets?${VERSION}`)
  await send(200, 'GET', `${vault}/deletedsecrets/conformance?${VERSION}`)
  await send(200, 'POST', `${vault}/deletedsecrets/conformance/recover?${VERSION}`)
  await send(404, 'GET', `${vault}/deletedsecrets/conformance?${VERSION}`)

  const { objectId: oid } = cloud.settings.identity
  await control.command('keyvault', 'setRole', { vault: host, oid, role: 'Key Vault Reader' })
  await send(403, 'GET', `${secret}/?${VERSION}`)
  await control.command('keyvault', 'setRole', { vault: host, oid, role: 'Key Vault Secrets Officer' })
}
