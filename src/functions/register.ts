import { app, type HttpHandler, type HttpMethod, type StorageQueueHandler } from '@azure/functions'
import { readAccessMode } from '../platform/access-mode.ts'
import { QUEUES } from '../platform/storage-names.ts'
import type { HttpFunctionName } from '../trust/access.ts'

/** The connection that every storage binding uses, and the setting's name (prefix) in the app. */
const STORAGE = 'AzureWebJobsStorage'

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
    load: () => Promise<HttpHandler>,
    level: 'anonymous' | 'function' = authLevel,
  ): void => {
    app.http(name, { methods: [method], route, authLevel: level, handler: async (...call) => (await load())(...call) })
  }
  const queue = (name: string, queueName: string, load: () => Promise<StorageQueueHandler>): void => {
    app.storageQueue(name, { queueName, connection: STORAGE, handler: async (...call) => (await load())(...call) })
  }

  http('health', 'GET', 'health', async () => (await import('./http/health.ts')).health, 'anonymous')
  http(
    'plan-or-start-onboarding',
    'POST',
    'onboardings',
    async () => (await import('./http/plan-or-start-onboarding.ts')).planOrStartOnboarding,
  )
  http(
    'list-onboardings',
    'GET',
    'onboardings',
    async () => (await import('./http/list-onboardings.ts')).listOnboardings,
  )
  http(
    'get-onboarding',
    'GET',
    'onboardings/{id}',
    async () => (await import('./http/get-onboarding.ts')).getOnboarding,
  )
  http(
    'run-onboarding-step',
    'POST',
    'onboarding-steps/{step}',
    async () => (await import('./http/run-onboarding-step.ts')).runOnboardingStep,
  )

  queue('run-onboarding', QUEUES.onboardings, async () => (await import('./queues/run-onboarding.ts')).runOnboarding)
  queue(
    'give-up-onboarding',
    `${QUEUES.onboardings}-poison`,
    async () => (await import('./queues/give-up-onboarding.ts')).giveUpOnboarding,
  )
}
