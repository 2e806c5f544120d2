import type { App } from './compose.ts'

let app: Promise<App> | undefined

/**
 * The composed app, one per warm instance. Throws `configuration-invalid`, again at every call, while the settings are
 * wrong: the host then answers 503 instead of 404.
 */
export function loadApp(): Promise<App> {
  app ??= import('./compose.ts').then(({ composeApp }) => composeApp(process.env))
  return app
}

/** Puts down what is under way, before the host ends this process. */
export async function drainApp(): Promise<void> {
  // Settings that are wrong were told already, and leave nothing to put down.
  const running = await app?.catch(() => undefined)
  await running?.drain()
}
