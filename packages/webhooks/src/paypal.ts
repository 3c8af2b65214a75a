import { judge } from './judge.js'
import { paypalProvider } from './paypal/paypal-provider.js'
import type { WebhookRequest } from './received-request.js'
import type { Verdict } from './verdict.js'
import type { VerifyOptions } from './verify-options.js'

export type { WebhookRequest } from './received-request.js'
export type { Accepted, RefusalCode, Refused, Verdict } from './verdict.js'

export type PaypalOptions = Pick<VerifyOptions, 'webhookId' | 'fetchCertificate' | 'trustAnchors' | 'intermediates' | 'now' | 'toleranceSeconds'>

/** `verify` for PayPal alone, without the other schemes. Node only: it checks a chain of certificates. */
export function verifyPaypal(request: WebhookRequest, options: PaypalOptions): Promise<Verdict> {
  return judge(paypalProvider, request, options)
}
