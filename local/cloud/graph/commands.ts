import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { type Application, createDirectory, type ServicePrincipal } from '../entra/directory.ts'
import type { CloudService } from '../service.ts'
import { addApplication } from './applications.ts'
import { purge, softDelete } from './deleted.ts'
import { addPassword } from './passwords.ts'
import { renderApplication, renderFederatedCredential } from './render.ts'
import { type GraphRole, graphRoles } from './roles.ts'
import { addServicePrincipal } from './service-principals.ts'
import { createBehaviour, type GraphState } from './state.ts'

const DAY_MS = 24 * 3600_000

const milliseconds = z.number().nonnegative().optional()

const inputs = {
  lag: z.strictObject({ objectMs: milliseconds, credentialMs: milliseconds, federatedMs: milliseconds }),
  setGraphRoles: z.strictObject({
    oid: z.guid(),
    roles: z.array(z.enum(graphRoles as [GraphRole, ...GraphRole[]])),
    /** Also for tokens that are out already, instead of from the next one on. */
    atOnce: z.boolean().default(false),
  }),
  createApplication: z.strictObject({
    displayName: z.string(),
    uniqueName: z.string().optional(),
    signInAudience: z.string().default('AzureADMyOrg'),
    /** Object ids; nobody's when absent. */
    owners: z.array(z.guid()).default([]),
    servicePrincipal: z.boolean().default(true),
    /** Display names of client secrets to give it, valid for a year. */
    passwords: z.array(z.string()).default([]),
    /** What may sign in as it without a secret. */
    federatedCredentials: z
      .array(z.strictObject({ name: z.string(), issuer: z.string(), subject: z.string(), audience: z.string() }))
      .default([]),
  }),
  application: z.strictObject({ objectId: z.guid() }),
  setOwners: z.strictObject({ objectId: z.guid(), owners: z.array(z.guid()) }),
  concurrency: z.strictObject({ windowMs: milliseconds, violations: z.int().nonnegative().optional() }),
  ownership: z.strictObject({ onCreate: z.boolean().optional(), onUpsert: z.boolean().optional() }),
  replication: z.strictObject({ unreplicatedApplication: z.enum(['bad-request', 'forbidden']) }),
  restoring: z.strictObject({ servicePrincipal: z.enum(['comes-back', 'stays-deleted']) }),
  passwordPolicy: z.strictObject({ maxLifetimeDays: z.number().positive().nullable() }),
}

function describeApplication(application: Application): object {
  return {
    ...renderApplication(application),
    owners: [...application.ownerIds],
    federatedIdentityCredentials: application.federatedIdentityCredentials.map(renderFederatedCredential),
  }
}

function describePrincipal(principal: ServicePrincipal): object {
  const { objectId, appId, displayName, servicePrincipalType, graphRoles: roles, ownerIds, deletedAt } = principal
  return {
    id: objectId,
    appId,
    displayName,
    servicePrincipalType,
    graphRoles: [...roles],
    owners: [...ownerIds],
    isDeleted: deletedAt !== null,
  }
}

function inspect({ world, behaviour }: GraphState): unknown {
  const applications = [...world.directory.applications.values()]
  const servicePrincipals = [...world.directory.servicePrincipals.values()]
  const live = applications.filter(({ deletedAt }) => deletedAt === null)
  return {
    counts: {
      applications: live.length,
      deletedApplications: applications.length - live.length,
      servicePrincipals: servicePrincipals.filter(({ deletedAt }) => deletedAt === null).length,
      passwordCredentials: live.flatMap(({ passwordCredentials }) => passwordCredentials).length,
      federatedIdentityCredentials: live.flatMap((application) => application.federatedIdentityCredentials).length,
    },
    applications: applications.map(describeApplication),
    servicePrincipals: servicePrincipals.map(describePrincipal),
    behaviour,
  }
}

/** Empties the tenant and undoes every switch; the identity and Microsoft's own principals keep their ids. */
function reset(state: GraphState): void {
  const { directory, settings } = state.world
  const seeded = createDirectory(settings).servicePrincipals
  for (const { appId, objectId } of directory.servicePrincipals.values()) {
    const seed = [...seeded.values()].find((candidate) => candidate.appId === appId)
    if (seed === undefined) directory.servicePrincipals.delete(objectId)
    else directory.servicePrincipals.set(objectId, { ...seed, objectId })
  }
  directory.applications.clear()
  state.currentRoles.clear()
  state.passwordsChangedAt.clear()
  state.behaviour = createBehaviour()
}

function findApplication({ world }: GraphState, objectId: string): Application {
  const application = world.directory.applications.get(objectId)
  if (application === undefined) throw new Error(`no application ${objectId} in the tenant`)
  return application
}

function createForeignApplication(state: GraphState, input: unknown): unknown {
  const wanted = inputs.createApplication.parse(input)
  const { displayName, signInAudience, uniqueName = null, owners } = wanted
  const now = state.world.clock.now()
  const application = addApplication(state, {
    body: { displayName, signInAudience, uniqueName: undefined, owners: [], properties: {} },
    uniqueName,
    ownerIds: owners,
    visibleAt: now,
  })
  const principal = wanted.servicePrincipal
    ? addServicePrincipal(state, application, { ownerIds: owners, visibleAt: now })
    : null
  for (const { audience, ...credential } of wanted.federatedCredentials) {
    const placed = { ...credential, id: randomUUID(), audiences: [audience], description: null, usableAt: now }
    application.federatedIdentityCredentials.push(placed)
  }
  const passwords = wanted.passwords.map((name) =>
    addPassword(state, application, { displayName: name, startsAt: now, endsAt: now + 365 * DAY_MS, usableAt: now }),
  )
  return {
    objectId: application.objectId,
    appId: application.appId,
    servicePrincipalId: principal?.objectId ?? null,
    passwords: passwords.map(({ keyId, secretText }) => ({ keyId, secretText })),
  }
}

/** `secrets` shows what Graph itself never shows again; the others arrange or describe. */
export function createGraphCommands(state: GraphState): CloudService['commands'] {
  return {
    inspect: () => inspect(state),
    secrets: () => ({ secrets: state.issuedSecrets }),
    reset: () => {
      reset(state)
      return {}
    },
    lag: (input) => {
      const { objectMs, credentialMs, federatedMs } = inputs.lag.parse(input)
      const { lag } = state.behaviour
      lag.objectMs = objectMs ?? lag.objectMs
      lag.credentialMs = credentialMs ?? lag.credentialMs
      lag.federatedMs = federatedMs ?? lag.federatedMs
      return lag
    },
    setGraphRoles: (input) => {
      const { oid, roles, atOnce } = inputs.setGraphRoles.parse(input)
      const principal = state.world.directory.servicePrincipals.get(oid)
      if (principal === undefined) throw new Error(`no service principal ${oid} in the tenant`)
      principal.graphRoles.clear()
      for (const role of roles) principal.graphRoles.add(role)
      if (atOnce) state.currentRoles.add(oid)
      else state.currentRoles.delete(oid)
      return { roles: [...principal.graphRoles] }
    },
    createApplication: (input) => createForeignApplication(state, input),
    deleteApplication: (input) => {
      softDelete(state, findApplication(state, inputs.application.parse(input).objectId), state.world.clock.now())
      return {}
    },
    purgeApplication: (input) => {
      purge(state, findApplication(state, inputs.application.parse(input).objectId))
      return {}
    },
    setOwners: (input) => {
      const { objectId, owners } = inputs.setOwners.parse(input)
      const { ownerIds } = findApplication(state, objectId)
      ownerIds.clear()
      for (const owner of owners) ownerIds.add(owner)
      return {}
    },
    concurrency: (input) => {
      const { windowMs, violations } = inputs.concurrency.parse(input)
      state.behaviour.concurrencyWindowMs = windowMs ?? state.behaviour.concurrencyWindowMs
      state.behaviour.concurrencyViolations = violations ?? state.behaviour.concurrencyViolations
      return {}
    },
    ownership: (input) => {
      const { onCreate, onUpsert } = inputs.ownership.parse(input)
      const { ownership } = state.behaviour
      ownership.onCreate = onCreate ?? ownership.onCreate
      ownership.onUpsert = onUpsert ?? ownership.onUpsert
      return ownership
    },
    replication: (input) => {
      state.behaviour.unreplicatedApplication = inputs.replication.parse(input).unreplicatedApplication
      return {}
    },
    restoring: (input) => {
      state.behaviour.servicePrincipalOfRestored = inputs.restoring.parse(input).servicePrincipal
      return {}
    },
    passwordPolicy: (input) => {
      const { maxLifetimeDays } = inputs.passwordPolicy.parse(input)
      state.behaviour.maxPasswordLifetimeMs = maxLifetimeDays === null ? null : maxLifetimeDays * DAY_MS
      return {}
    },
  }
}
