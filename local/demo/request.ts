/** Body of `POST /onboardings` as the demo has it: a Microsoft Entra principal with every section. */
export interface DemoRequest {
  readonly name: string
  readonly servicePrincipal: { readonly kind: string; readonly displayName: string }
  readonly clientSecret: { readonly vault: string; readonly secretName: string }
  readonly databricks: {
    readonly workspace: string
    readonly entitlements: readonly string[]
    readonly groups: readonly string[]
    readonly accessToken: { readonly vault: string; readonly secretName: string; readonly lifetimeDays: number }
    readonly secretScope: { readonly name: string; readonly backend: string; readonly vault: string }
    readonly job: { readonly name: string; readonly storageAccount: string; readonly managers: readonly string[] }
  }
  readonly machineLearning: {
    readonly workspace: string
    readonly roles: readonly string[]
    readonly registry: string
    readonly registryRoles: readonly string[]
  }
}
