import { X509Certificate } from 'node:crypto'
import { refused, type Refused } from '../verdict.js'

/** All certificates of a PEM text, or undefined when one cannot be read. */
export function readCertificates(pem: string): X509Certificate[] | undefined {
  const blocks = pem.slice(0, 65_536).match(/-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g) ?? []
  try {
    return blocks.slice(0, 10).map((block) => new X509Certificate(block))
  } catch {
    return undefined
  }
}

/**
 * Follows the signatures from a certificate to a root we trust (RFC 5280, section 6, as far as it matters here): every step signed by the next,
 * every signer a certificate authority and within its dates. Undefined when all of it holds.
 */
export function chainProblem(leaf: X509Certificate, between: readonly X509Certificate[], anchors: readonly X509Certificate[], now: Date): Refused | undefined {
  let current = leaf
  for (let depth = 0; depth < maxDepth; depth++) {
    const anchor = anchors.find((each) => isIssuedBy(current, each))
    if (anchor) return dateProblem(anchor, now)
    const issuer = between.find((each) => each.ca && each.fingerprint256 !== current.fingerprint256 && isIssuedBy(current, each))
    if (!issuer) return refused('cert_untrusted', `PayPal's certificate does not lead to a trusted root: the issuer "${oneLine(current.issuer)}" is not known here. Pass it in intermediates or trustAnchors.`)
    const outdated = dateProblem(issuer, now)
    if (outdated) return outdated
    current = issuer
  }
  return refused('cert_untrusted', `PayPal's certificate has more than ${maxDepth} issuers above it.`)
}

/** Where the issuer of this certificate publishes its own (RFC 5280, section 4.2.2.1), if that is DigiCert, who issues PayPal's. */
export function issuerUrl(certificate: X509Certificate): string | undefined {
  const url = /^CA Issuers - URI:"?([^"\n]+)"?$/m.exec(certificate.infoAccess ?? '')?.[1]
  return url && /^http:\/\/cacerts\.digicert\.com\/[A-Za-z0-9._-]+\.(crt|cer)$/.test(url) ? url : undefined
}

/** The certificate at which the way up ends because its issuer is not at hand; undefined when it reaches a root. */
export function lastWithoutIssuer(leaf: X509Certificate, between: readonly X509Certificate[], anchors: readonly X509Certificate[]): X509Certificate | undefined {
  let current = leaf
  for (let depth = 0; depth < maxDepth; depth++) {
    if (anchors.some((each) => isIssuedBy(current, each))) return undefined
    const issuer = between.find((each) => each.ca && each.fingerprint256 !== current.fingerprint256 && isIssuedBy(current, each))
    if (!issuer) return current
    current = issuer
  }
  return undefined
}

const maxDepth = 4

const oneLine = (name: string) => name.replaceAll('\n', ', ')

function isIssuedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  try {
    return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey)
  } catch {
    return false
  }
}

/** Undefined when `now` lies within the certificate's dates. */
export function dateProblem(certificate: X509Certificate, now: Date): Refused | undefined {
  const [from, to] = [new Date(certificate.validFrom), new Date(certificate.validTo)]
  if (from <= now && now <= to) return undefined
  return refused('cert_expired', `The certificate of "${oneLine(certificate.subject)}" is valid from ${from.toISOString()} to ${to.toISOString()}, and it is ${now.toISOString()}.`)
}
