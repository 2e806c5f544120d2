import { z } from 'zod'
import type { Route } from '../service.ts'
import { parseProperties, readJson } from './body.ts'
import { mayWriteAll, requireRead, requireWrite } from './caller.ts'
import { badRequest, requestDenied } from './errors.ts'
import { type GraphCall, guardRoute } from './guard.ts'
import { renderCollection } from './query.ts'
import {
  applicationPath,
  findApplication,
  findReferenced,
  findServicePrincipal,
  servicePrincipalPath,
} from './references.ts'
import type { GraphState } from './state.ts'

const referenceBody = z.strictObject({ '@odata.id': z.string() })

interface Owned {
  readonly ownerIds: Set<string>
}

interface OwnedKind {
  readonly name: 'applications' | 'servicePrincipals'
  readonly pathOf: (rest: string) => RegExp
  readonly find: (call: GraphCall) => Owned
}

const kinds: readonly OwnedKind[] = [
  { name: 'applications', pathOf: applicationPath, find: findApplication },
  { name: 'servicePrincipals', pathOf: servicePrincipalPath, find: findServicePrincipal },
]

function createRoutes(state: GraphState, { name, pathOf, find }: OwnedKind): readonly Route[] {
  const { servicePrincipals } = state.world.directory
  return [
    guardRoute(state, { name: `${name}.listOwners`, method: 'GET', path: pathOf('/owners') }, (call) => {
      requireRead(call.caller)
      const owners = [...find(call).ownerIds].map((id) => ({
        '@odata.type': '#microsoft.graph.servicePrincipal',
        id,
        displayName: servicePrincipals.get(id)?.displayName ?? null,
        appId: servicePrincipals.get(id)?.appId ?? null,
      }))
      return renderCollection(call.request, { name: 'directoryObjects', type: 'DirectoryObject' }, owners)
    }),
    guardRoute(state, { name: `${name}.addOwner`, method: 'POST', path: pathOf('/owners/\\$ref') }, (call) => {
      const object = find(call)
      requireWrite(call.caller, object)
      // An owner that holds nothing but the OwnedBy role may not share what it owns.
      if (!mayWriteAll(call.caller)) throw requestDenied()
      const body = parseProperties(referenceBody, readJson(call.request), 'DirectoryObject')
      const { objectId } = findReferenced(call, body['@odata.id'])
      if (object.ownerIds.has(objectId)) {
        throw badRequest(
          "One or more added object references already exist for the following modified properties: 'owners'.",
        )
      }
      object.ownerIds.add(objectId)
      return { status: 204 }
    }),
  ]
}

export function createOwnerRoutes(state: GraphState): readonly Route[] {
  return kinds.flatMap((kind) => createRoutes(state, kind))
}
