import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import type { Application, FederatedIdentityCredential } from '../entra/directory.ts'
import type { CloudResponse, Route } from '../service.ts'
import { parseProperties, prefersCreate, readJson, refuseReadOnly, requireProperty } from './body.ts'
import { requireRead, requireWrite } from './caller.ts'
import { badRequest, notFound, sameKey } from './errors.ts'
import { type GraphCall, guardRoute } from './guard.ts'
import { renderCollection, renderEntity } from './query.ts'
import { applicationPath, findApplication } from './references.ts'
import { renderFederatedCredential } from './render.ts'
import type { GraphState } from './state.ts'

/** https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations */
const MAX_CREDENTIALS = 20

const RESOURCE = 'FederatedIdentityCredential'

const INVALID_VALUE = 'InvalidFederatedIdentityCredentialValue'

const credentialBody = z
  .strictObject({
    '@odata.type': z.literal('#microsoft.graph.federatedIdentityCredential'),
    name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{2,119}$/),
    issuer: z.string().min(1).max(600),
    subject: z.string().min(1).max(600),
    audiences: z.array(z.string().max(600)),
    description: z.string().max(600).nullable(),
  })
  .partial()

type CredentialBody = z.infer<typeof credentialBody>

function parseCredential(json: Readonly<Record<string, unknown>>): CredentialBody {
  refuseReadOnly(json, ['id'])
  return parseProperties(credentialBody, json, RESOURCE)
}

/** Values are not compared with what issuers really send: a wrong one shows only at sign-in, as in Entra. */
function checkCredential(
  { federatedIdentityCredentials }: Application,
  { id, issuer, subject, audiences }: FederatedIdentityCredential,
): void {
  if (audiences.length !== 1) {
    throw badRequest(
      `The number of audiences must be exactly one. paramName: FederatedIdentityCredential.Audiences, objectType: Microsoft.Online.DirectoryServices.Application`,
      INVALID_VALUE,
    )
  }
  const isDuplicate = federatedIdentityCredentials.some(
    (other) => other.id !== id && other.issuer === issuer && other.subject === subject,
  )
  if (isDuplicate) {
    throw badRequest(
      `The combination of issuer and subject must be unique for the application. Issuer ${issuer} and Subject: ${subject} already exist. paramName: FederatedIdentityCredential.Subject, paramValue: ${subject}, objectType: Microsoft.Online.DirectoryServices.Application`,
      INVALID_VALUE,
    )
  }
}

function create({ state, request, now }: GraphCall, application: Application, body: CredentialBody): CloudResponse {
  const { name, issuer, subject, audiences, description = null } = body
  for (const [property, value] of Object.entries({ name, issuer, subject, audiences })) {
    requireProperty(value, property, RESOURCE)
  }
  const credential: FederatedIdentityCredential = {
    id: randomUUID(),
    name: name ?? '',
    issuer: issuer ?? '',
    subject: subject ?? '',
    audiences: audiences ?? [],
    description,
    usableAt: now + state.behaviour.lag.federatedMs,
  }
  const { federatedIdentityCredentials } = application
  if (federatedIdentityCredentials.some((other) => other.name === credential.name)) {
    throw sameKey(`FederatedIdentityCredential with name ${credential.name} already exists.`)
  }
  if (federatedIdentityCredentials.length >= MAX_CREDENTIALS) {
    throw badRequest(
      `The directory object quota limit for the application has been exceeded: it has ${MAX_CREDENTIALS} federated identity credentials.`,
      'Directory_QuotaExceeded',
    )
  }
  checkCredential(application, credential)
  federatedIdentityCredentials.push(credential)
  return renderEntity(request, collectionOf(application), renderFederatedCredential(credential), 201)
}

function change(
  { state, now }: GraphCall,
  application: Application,
  credential: FederatedIdentityCredential,
  { name, issuer, subject, audiences, description }: CredentialBody,
): CloudResponse {
  if (name !== undefined && name !== credential.name) refuseReadOnly({ name }, ['name'])
  const changed: FederatedIdentityCredential = {
    ...credential,
    issuer: issuer ?? credential.issuer,
    subject: subject ?? credential.subject,
    audiences: audiences ?? credential.audiences,
    description: description === undefined ? credential.description : description,
  }
  checkCredential(application, changed)
  const isSame =
    changed.issuer === credential.issuer &&
    changed.subject === credential.subject &&
    changed.audiences[0] === credential.audiences[0]
  const written = isSame ? changed : { ...changed, usableAt: now + state.behaviour.lag.federatedMs }
  const { federatedIdentityCredentials } = application
  federatedIdentityCredentials[federatedIdentityCredentials.indexOf(credential)] = written
  return { status: 204 }
}

function collectionOf({ objectId }: Application): { name: string; type: string } {
  return { name: `applications('${objectId}')/federatedIdentityCredentials`, type: RESOURCE }
}

function readName({ request }: GraphCall): string {
  return request.params['name'] ?? request.params['key'] ?? ''
}

/** A credential goes by name in both key forms, and by id in the plain one. */
function lookUp(call: GraphCall, application: Application): FederatedIdentityCredential | undefined {
  const name = readName(call)
  const { key } = call.request.params
  return application.federatedIdentityCredentials.find(
    (credential) => credential.name === name || credential.id === key,
  )
}

function find(call: GraphCall, application: Application): FederatedIdentityCredential {
  const credential = lookUp(call, application)
  if (credential === undefined) throw notFound(readName(call))
  return credential
}

function changeOrCreate(call: GraphCall): CloudResponse {
  const application = findApplication(call)
  requireWrite(call.caller, application)
  const { name } = call.request.params
  const isUpsert = name !== undefined && prefersCreate(call.request)
  const credential = isUpsert ? lookUp(call, application) : find(call, application)
  const body = parseCredential(readJson(call.request))
  return credential === undefined
    ? create(call, application, { ...body, name })
    : change(call, application, credential, body)
}

export function createFederatedCredentialRoutes(state: GraphState): readonly Route[] {
  const collection = applicationPath('/federatedIdentityCredentials')
  const one = applicationPath("/federatedIdentityCredentials(?:/(?<key>[^/()$]+)|\\(name='(?<name>[^']+)'\\))")
  const name = (call: string): string => `federatedIdentityCredentials.${call}`
  return [
    guardRoute(state, { name: name('list'), method: 'GET', path: collection }, (call) => {
      requireRead(call.caller)
      const application = findApplication(call)
      const resources = application.federatedIdentityCredentials.map(renderFederatedCredential)
      return renderCollection(call.request, collectionOf(application), resources, ['name', 'issuer', 'subject'])
    }),
    guardRoute(state, { name: name('create'), method: 'POST', path: collection }, (call) => {
      const application = findApplication(call)
      requireWrite(call.caller, application)
      return create(call, application, parseCredential(readJson(call.request)))
    }),
    guardRoute(state, { name: name('get'), method: 'GET', path: one }, (call) => {
      requireRead(call.caller)
      const application = findApplication(call)
      return renderEntity(call.request, collectionOf(application), renderFederatedCredential(find(call, application)))
    }),
    guardRoute(state, { name: name('patch'), method: 'PATCH', path: one }, changeOrCreate),
    guardRoute(state, { name: name('delete'), method: 'DELETE', path: one }, (call) => {
      const application = findApplication(call)
      requireWrite(call.caller, application)
      const credential = find(call, application)
      application.federatedIdentityCredentials = application.federatedIdentityCredentials.filter(
        (other) => other !== credential,
      )
      return { status: 204 }
    }),
  ]
}
