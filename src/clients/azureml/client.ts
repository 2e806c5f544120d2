import { z } from 'zod'
import type { HttpClient } from '../../platform/http/message.ts'
import type { Secret } from '../../platform/secret.ts'
import { idText } from '../answer.ts'
import { isMissing } from '../arm/errors.ts'
import { createArmApi } from '../arm/json-api.ts'
import { resourcePath } from '../arm/resource-path.ts'
import { MACHINE_LEARNING_RIGHTS } from './rights.ts'

/** A workspace or registry as a resource. */
export interface MachineLearningResource {
  readonly resourceId: string
  readonly name: string
  readonly location: string
}

/** Azure Machine Learning's resources. All calls throw `upstream-denied`, `upstream-rejected` and what `HttpClient.send` throws. */
export interface MachineLearningClient {
  /** https://learn.microsoft.com/rest/api/azureml/workspaces/get; right: `readResource`. */
  getWorkspace(resourceId: string): Promise<MachineLearningResource | null>
  /** https://learn.microsoft.com/rest/api/azureml/registries/get; right: `readResource`. */
  getRegistry(resourceId: string): Promise<MachineLearningResource | null>
}

export interface MachineLearningClientOptions {
  readonly http: HttpClient
  /** Gives a token for Resource Manager. */
  readonly token: () => Promise<Secret>
  /** `management.azure.com`, or that of another cloud. */
  readonly host: string
  /** Who calls, for messages: the client id of Steward's identity. */
  readonly identityLabel: string
}

const resourceAnswer = z
  .object({ id: z.string().min(1).max(2048), name: idText, location: z.string().max(128) })
  .transform(({ id, name, location }): MachineLearningResource => ({ resourceId: id, name, location }))

/** Binds the calls to one cloud's Resource Manager and one identity. */
export function createMachineLearningClient(options: MachineLearningClientOptions): MachineLearningClient {
  const arm = createArmApi(options)
  const get = async (resourceId: string): Promise<MachineLearningResource | null> => {
    const call = {
      method: 'GET',
      path: `${resourcePath(resourceId)}?api-version=2024-04-01`,
      isRepeatable: true,
      right: MACHINE_LEARNING_RIGHTS.readResource,
      answer: resourceAnswer,
    } as const
    const outcome = await arm.call(call)
    if (outcome.kind === 'done') return outcome.value
    if (isMissing(outcome.error)) return null
    throw arm.explain(call, outcome.error)
  }
  return { getWorkspace: get, getRegistry: get }
}
