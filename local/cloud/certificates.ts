import './reflect-metadata.ts'
import { createSecureContext, type SecureContext } from 'node:tls'
import * as x509 from '@peculiar/x509'

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
const DAY_MS = 24 * 60 * 60 * 1000
/** The clock of the cloud moves, the machine's does not: certificates hold for as long as any test may travel. */
const LIFE_MS = 20 * 365 * DAY_MS

/** A certificate authority that lives as long as the cloud: nothing of it is ever trusted outside. */
export interface ScratchAuthority {
  /** PEM of the authority's own certificate, for NODE_EXTRA_CA_CERTS. */
  readonly certificate: string
  /** The TLS identity of a host, made at its first use. */
  contextFor(host: string): Promise<SecureContext>
}

export async function createScratchAuthority(): Promise<ScratchAuthority> {
  const keys = await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify'])
  const validity = { notBefore: new Date(Date.now() - DAY_MS), notAfter: new Date(Date.now() + LIFE_MS) }
  const name = 'CN=Steward local cloud'
  const authority = await x509.X509CertificateGenerator.createSelfSigned({
    name,
    keys,
    serialNumber: '01',
    signingAlgorithm: ALGORITHM,
    ...validity,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
    ],
  })
  const contexts = new Map<string, Promise<SecureContext>>()

  const issue = async (host: string, serial: number): Promise<SecureContext> => {
    const leafKeys = await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify'])
    const leaf = await x509.X509CertificateGenerator.create({
      subject: `CN=${host}`,
      issuer: name,
      serialNumber: serial.toString(16).padStart(4, '0'),
      signingKey: keys.privateKey,
      publicKey: leafKeys.publicKey,
      signingAlgorithm: ALGORITHM,
      ...validity,
      extensions: [
        new x509.SubjectAlternativeNameExtension([{ type: 'dns', value: host }]),
        new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      ],
    })
    const key = Buffer.from(await crypto.subtle.exportKey('pkcs8', leafKeys.privateKey)).toString('base64')
    return createSecureContext({
      cert: leaf.toString('pem'),
      key: `-----BEGIN PRIVATE KEY-----\n${key}\n-----END PRIVATE KEY-----\n`,
    })
  }

  return {
    certificate: authority.toString('pem'),
    contextFor: (host) => {
      const known = contexts.get(host) ?? issue(host, contexts.size + 2)
      contexts.set(host, known)
      return known
    },
  }
}
