import { randomBytes, randomUUID } from 'node:crypto'
import { z } from 'zod'
import type { Application, PasswordCredential } from '../entra/directory.ts'
import type { Route } from '../service.ts'
import { parseProperties, readJson } from './body.ts'
import { requireWrite } from './caller.ts'
import { badRequest, concurrencyViolation } from './errors.ts'
import { type GraphCall, guardRoute } from './guard.ts'
import { applicationPath, findApplication } from './references.ts'
import { renderPassword } from './render.ts'
import type { GraphState } from './state.ts'

const DEFAULT_LIFETIME_YEARS = 2

const dateTime = z.iso.datetime({ offset: true }).nullish()

const addBody = z.strictObject({
  passwordCredential: z
    .strictObject({
      '@odata.type': z.literal('#microsoft.graph.passwordCredential').optional(),
      displayName: z.string().nullish(),
      startDateTime: dateTime,
      endDateTime: dateTime,
    })
    .nullish(),
})

const removeBody = z.strictObject({ keyId: z.guid() })

export interface NewPassword {
  readonly displayName: string | null
  readonly startsAt: number
  readonly endsAt: number
  readonly usableAt: number
}

/** Client secrets are 40 characters with a fixed sign behind the first three, which are the hint. */
function makeSecretText(): string {
  const random = randomBytes(28).toString('base64url').slice(0, 37)
  return `${random.slice(0, 3)}8Q~${random.slice(3)}`
}

/** Writes without asking who may. */
export function addPassword(state: GraphState, application: Application, password: NewPassword): PasswordCredential {
  const secretText = makeSecretText()
  const credential: PasswordCredential = {
    ...password,
    keyId: randomUUID(),
    secretText,
    hint: secretText.slice(0, 3),
  }
  application.passwordCredentials.push(credential)
  state.issuedSecrets.push(secretText)
  return credential
}

function addYears(milliseconds: number, years: number): number {
  const date = new Date(milliseconds)
  return date.setUTCFullYear(date.getUTCFullYear() + years)
}

function parseLifetime(call: GraphCall): NewPassword {
  const { state, request, now } = call
  const { passwordCredential } = parseProperties(addBody, readJson(request), 'Application')
  const { displayName, startDateTime, endDateTime } = passwordCredential ?? {}
  const startsAt = startDateTime ? Date.parse(startDateTime) : now
  const endsAt = endDateTime ? Date.parse(endDateTime) : addYears(startsAt, DEFAULT_LIFETIME_YEARS)
  if (endsAt <= now || endsAt <= startsAt) throw badRequest('Password credential end date is invalid.')
  const longestMs = state.behaviour.maxPasswordLifetimeMs
  if (longestMs !== null && endsAt - startsAt > longestMs) {
    throw badRequest(
      'Credential lifetime exceeds the max value allowed as per assigned policy',
      'CredentialLifetimeExceedsMaxValueAsPerAppMgmtPolicy',
    )
  }
  return { displayName: displayName ?? null, startsAt, endsAt, usableAt: now + state.behaviour.lag.credentialMs }
}

/** Refuses a change that comes while the last one is still settling. */
function checkConcurrency({ state, now }: GraphCall, { objectId }: Application): void {
  const { behaviour, passwordsChangedAt } = state
  const changedAt = passwordsChangedAt.get(objectId)
  const isTooClose = changedAt !== undefined && now - changedAt < behaviour.concurrencyWindowMs
  if (behaviour.concurrencyViolations > 0) behaviour.concurrencyViolations -= 1
  else if (!isTooClose) {
    passwordsChangedAt.set(objectId, now)
    return
  }
  throw concurrencyViolation()
}

export function createPasswordRoutes(state: GraphState): readonly Route[] {
  return [
    guardRoute(
      state,
      { name: 'applications.addPassword', method: 'POST', path: applicationPath('/addPassword') },
      (call) => {
        const application = findApplication(call)
        requireWrite(call.caller, application)
        const lifetime = parseLifetime(call)
        checkConcurrency(call, application)
        const credential = addPassword(state, application, lifetime)
        const context = `https://${call.request.url.host}/v1.0/$metadata#microsoft.graph.passwordCredential`
        return {
          status: 200,
          body: { '@odata.context': context, ...renderPassword(credential), secretText: credential.secretText },
        }
      },
    ),
    guardRoute(
      state,
      { name: 'applications.removePassword', method: 'POST', path: applicationPath('/removePassword') },
      (call) => {
        const application = findApplication(call)
        requireWrite(call.caller, application)
        const { keyId } = parseProperties(removeBody, readJson(call.request), 'Application')
        const kept = application.passwordCredentials.filter((credential) => credential.keyId !== keyId.toLowerCase())
        if (kept.length === application.passwordCredentials.length) {
          throw badRequest('No password credential found with keyId.')
        }
        checkConcurrency(call, application)
        application.passwordCredentials = kept
        return { status: 204 }
      },
    ),
  ]
}
