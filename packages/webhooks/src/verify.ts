import { judge } from './judge.js'
import type { Provider } from './provider.js'
import { providerOf } from './providers/generic.js'
import { providers } from './providers/providers.js'
import type { WebhookRequest } from './received-request.js'
import { schemeNames, type SchemeName } from './scheme-name.js'
import { refused, type Verdict } from './verdict.js'
import type { VerifyOptions } from './verify-options.js'

/**
 * Says whether a request really comes from the sender it claims, and if not, why, in words.
 * Never throws: whatever is wrong with the request is a refusal.
 */
export async function verify(request: WebhookRequest, options: VerifyOptions): Promise<Verdict> {
  const provider = await providerFor(options.scheme)
  if (!provider) return refused('scheme_unknown', `There is no scheme "${String(options.scheme)}". Known are ${schemeNames.join(', ')}.`)
  return judge(provider, request, options)
}

async function providerFor(scheme: VerifyOptions['scheme']): Promise<Provider | undefined> {
  if (typeof scheme === 'object' && scheme !== null) return providerOf(scheme)
  if (scheme === 'paypal') return (await import('#paypal')).paypalProvider
  return Object.hasOwn(providers, scheme) ? providers[scheme as Exclude<SchemeName, 'paypal'>] : undefined
}
