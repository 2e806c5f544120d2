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
  app.storageQueue('run-onboarding', {
    queueName: QUEUES.onboardings,
    connection: STORAGE,
    handler: async (...call) => (await load()).runOnboarding(...call),
  })
  app.timer('resume-onboardings', {
    schedule: EVERY_FIVE_MINUTES,
    handler: async (...call) => (await load()).resumeOnboardings(...call),
  })
  app.hook.appTerminate(async () => (await load()).drainApp())
}
