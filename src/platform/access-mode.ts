/** How callers are told apart: by function keys (nobody is), or by Microsoft Entra sign-in in front of the app. */
export type AccessMode = 'keys' | 'entra'

/** `STEWARD_ACCESS`, read apart from the other settings because it decides authorization levels at registration. */
export function readAccessMode(environment: Readonly<Record<string, string | undefined>>): AccessMode {
  return environment['STEWARD_ACCESS'] === 'entra' ? 'entra' : 'keys'
}

/** The platform's own word that App Service authentication stands in front; nothing a caller sends can say so. */
export function isAuthenticationOn(environment: Readonly<Record<string, string | undefined>>): boolean {
  return environment['WEBSITE_AUTH_ENABLED']?.toLowerCase() === 'true'
}
