import { endpoint } from './endpoint.ts'

/** `GET /credentials`: everything that Steward keeps fresh, as the vaults tell it. */
export const listCredentials = endpoint('list-credentials', [], async ({ app }) => ({
  status: 200,
  body: await app.rotation.list(),
}))
