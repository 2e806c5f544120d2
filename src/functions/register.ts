import { app, type HttpHandler, type HttpMethod } from '@azure/functions'
import { readAccessMode } from '../platform/access-mode.ts'
import { QUEUES } from '../platform/storage-names.ts'
import type { HttpFunctionName } from '../trust/access.ts'

/** The connection that every storage binding uses, and the setting's name (prefix) in the app. */
const STORAGE = 'AzureWebJobsStorage'

const EVERY_FIVE_MINUTES = '0 */5 * * * *'

type Handlers = typeof import('./handlers.ts')

const load = (): Promise<Handlers> => import('./handlers.ts')

/**
 * Registers every function by name. Handlers are loaded at their first call, so that a cold start pays only for what it
 * answers; nothing here can throw, because a module that throws leaves a host that answers 404 to everything.
 */
export function registerFunctions(environment: Readonly<Record<string, string | undefined>>): void {
  const authLevel = readAccessMode(environment) === 'entra' ? 'anonymous' : 'function'

  const http = (
    name: HttpFunctionName,
    method: HttpMethod,
    route: string,
    choose: (handlers: Handlers) => HttpHandler,
    level: 'anonymous' | 'function' = authLevel,
  ): void => {
    app.http(name, {
      methods: [method],
      route,
      authLevel: level,
      handler: async (...call) => choose(await load())(...call),
    })
  }

  http('health', 'GET', 'health', ({ health }) => health, 'anonymous')
  http('plan-or-start-onboarding', 'POST', 'onboardings', ({ planOrStartOnboarding }) => planOrStartOnboarding)
  http('list-onboardings', 'GET', 'onboardings', ({ listOnboardings }) => listOnboardings)
  http('get-onboarding', 'GET', 'onboardings/{id}', ({ getOnboarding }) => getOnboarding)
  http('run-onboarding-step', 'POST', 'onboarding-steps/{step}', ({ runOnboardingStep }) => runOnboardingStep)
  http('plan-or-start-offboarding', 'POST', 'offboardings', ({ planOrStartOffboarding }) => planOrStartOffboarding)
  http('list-access', 'GET', 'access', ({ listAccess }) => listAccess)
  http('list-credentials', 'GET', 'credentials', ({ listCredentials }) => listCredentials)
  http('get-credential', 'GET', 'credentials/{vault}/{secret}', ({ getCredential }) => getCredential)
  http('change-credential', 'PATCH', 'credentials/{vault}/{secret}', ({ changeCredential }) => changeCredential)
  http(
    'list-credential-history',
    'GET',
    'credentials/{vault}/{secret}/history',
    ({ listCredentialHistory }) => listCredentialHistory,
  )
  http(
    'rotate-credential',
    'POST',
    'credentials/{vault}/{secret}/rotations',
    ({ rotateCredential }) => rotateCredential,
  )
  http('plan-rotations', 'GET', 'rotation-plan', ({ planRotations }) => planRotations)
  app.storageQueue('run-onboarding', {
    queueName: QUEUES.onboardings,
    connection: STORAGE,
    handler: async (...call) => (await load()).runOnboarding(...call),
  })
  app.timer('resume-onboardings', {
    schedule: EVERY_FIVE_MINUTES,
    handler: async (...call) => (await load()).resumeOnboardings(...call),
  })
  app.storageQueue('work-on-credential', {
    queueName: QUEUES.rotations,
    connection: STORAGE,
    handler: async (...call) => (await load()).workOnCredential(...call),
  })
  app.timer('rotate-credentials', {
    schedule: '%ROTATION_SCHEDULE%',
    handler: async (...call) => (await load()).rotateCredentials(...call),
  })
  app.eventGrid('on-secret-near-expiry', {
    handler: async (...call) => (await load()).onSecretNearExpiry(...call),
  })
  app.hook.appTerminate(async () => (await load()).drainApp())
}
