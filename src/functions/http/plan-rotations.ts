import { endpoint } from './endpoint.ts'

/** `GET /rotation-plan`: what the timer would do now; workspaces are asked which tokens are alive, nothing is written. */
export const planRotations = endpoint('plan-rotations', [], async ({ app }) => ({
  status: 200,
  body: await app.rotation.plan(),
}))
