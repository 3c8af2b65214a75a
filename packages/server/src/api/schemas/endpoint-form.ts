import { generateSecret, secretProblem } from '@posthorn/webhooks/signer'
import { checkEndpointUrl, type EndpointUrlRules } from '../../endpoints/endpoint-url.js'
import { checkExtraHeaders } from '../../endpoints/extra-headers.js'
import { sealContext, type SecondSignature, type SigningSecrets } from '../../endpoints/signing-secrets.js'
import { Problem } from '../../problems/problem.js'
import type { FormatBook, KnownFormat } from '../../formats/format-book.js'
import type { Vault } from '../../secrets/vault.js'

/** The URL as it will be dialled. @throws {Problem} `invalid_url` with the reason's own code in `errors` */
export function checkedUrl(url: string, rules: EndpointUrlRules, path = 'url'): string {
  const checked = checkEndpointUrl(url, rules)
  if (checked.ok) return checked.url
  throw new Problem('invalid_url', checked.message, { fix: checked.fix, errors: [{ path, code: checked.code, message: checked.message }] })
}

/** Extra headers, sealed: they often hold a customer's token. None is null. */
export function sealHeaders(headers: Record<string, string> | null | undefined, vault: Vault, organization: string): string | null {
  if (headers === null || headers === undefined || Object.keys(headers).length === 0) return null
  checkHeaders(headers)
  return vault.seal(JSON.stringify(headers), sealContext(organization, 'headers'))
}

/** @throws {Problem} `invalid_headers` with the reason's own code in `errors` */
export function checkHeaders(headers: Record<string, string>): void {
  const checked = checkExtraHeaders(headers)
  if (!checked.ok) throw new Problem('invalid_headers', checked.message, { fix: checked.fix, errors: [{ path: 'headers', code: checked.code, message: checked.message }] })
}

/** The format of this name. */
export function knownFormat(name: string, book: FormatBook, path = 'format'): KnownFormat {
  const known = book.named(name)
  if (known !== undefined) return known
  const message = `is none of ${book.definitions.map((definition) => definition.name).join(', ')}`
  throw new Problem('invalid_request', `"${path}" ${message}.`, { errors: [{ path, code: 'unknown_format', message }] })
}

/** The secret that was brought, if the format can sign with it, or a new one. */
export function checkedSecret(secret: string | undefined, format: string, book: FormatBook, path = 'secret'): string {
  const { definition } = knownFormat(format, book)
  if (secret === undefined) return generateSecret()
  const problem = secretProblem(definition.signature, secret)
  if (problem !== undefined) throw new Problem('invalid_secret', problem, { errors: [{ path, code: 'invalid_secret', message: problem }] })
  return secret
}

export function sealSecrets(secrets: SigningSecrets, vault: Vault, organization: string): string {
  return vault.seal(JSON.stringify(secrets), sealContext(organization, 'secrets'))
}

export function openSecrets(sealed: string, vault: Vault, organization: string): SigningSecrets {
  return JSON.parse(vault.open(sealed, sealContext(organization, 'secrets'))) as SigningSecrets
}

/** The second signature, sealed. Its secret is its own or the endpoint's; either must work for its format, whose headers must not be the first's. */
export function sealSecondSignature(second: SecondSignature | null | undefined, { format, secret }: { format: string; secret: string }, { vault, formatBook }: { vault: Vault; formatBook: FormatBook }, organization: string): string | null {
  if (second === null || second === undefined) return null
  const headerOf = (name: string, path: string): string => knownFormat(name, formatBook, path).definition.signature.header.toLowerCase()
  const header = headerOf(second.format, 'secondSignature.format')
  checkedSecret(second.secret ?? secret, second.format, formatBook, 'secondSignature.secret')
  if (header === headerOf(format, 'format')) {
    throw new Problem('invalid_request', 'The second signature would stand in the same header as the first.', {
      fix: 'Name another format; to sign with two secrets, rotate the secret.',
      errors: [{ path: 'secondSignature.format', code: 'same_header', message: 'has the same signature header as the endpoint\'s format' }],
    })
  }
  return vault.seal(JSON.stringify(second), sealContext(organization, 'second_signature'))
}
