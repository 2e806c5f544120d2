import { FUNCTION_KEY } from './stack.ts'

/** Fires a timer as an administrator of the app would, instead of waiting for its schedule; the run itself comes after. */
export async function fireTimer(baseUrl: string, functionName: string): Promise<void> {
  const answer = await fetch(new URL(`/admin/functions/${functionName}`, baseUrl), {
    method: 'POST',
    headers: { 'x-functions-key': FUNCTION_KEY, 'content-type': 'application/json' },
    body: '{}',
  })
  if (answer.status !== 202) throw new Error(`the timer ${functionName} could not be fired: ${answer.status}`)
}
