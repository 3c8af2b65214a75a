import type { Accepted, SchemeName } from '@posthorn/webhooks'
import type { SourceOptions } from './source.js'

/** What goes back to a provider. */
export interface ProviderAnswer { status: number; headers: Record<string, string>; body: string }

/** What a provider is told when its webhook was accepted, or was known already: it need not come again. */
export function acceptedAnswer(provider: SchemeName, { answer }: SourceOptions): ProviderAnswer {
  // Twilio takes an answer for instructions: no instruction is an empty <Response/> (https://www.twilio.com/docs/messaging/twiml).
  if (provider === 'twilio') return answer === 'empty' ? text('') : { status: 200, headers: { 'content-type': 'text/xml' }, body: '<?xml version="1.0" encoding="UTF-8"?><Response></Response>' }
  // Slack shows whoever typed a slash command what is answered.
  if (provider === 'slack') return text('')
  // https://docs.adyen.com/development-resources/webhooks/handle-webhook-events
  if (provider === 'adyen') return text('[accepted]')
  return { status: 200, headers: { 'content-type': 'application/json' }, body: '{"received":true}' }
}

export function handshakeAnswer({ status, contentType, body }: NonNullable<Accepted['handshake']>): ProviderAnswer {
  // What is echoed was sent by a stranger: no browser may take it for a page.
  return { status, headers: { 'content-type': contentType, 'x-content-type-options': 'nosniff' }, body }
}

/** Why a webhook was refused, for whoever reads the provider's log (RFC 9457). */
export function refusedAnswer(status: number, code: string, reason: string): ProviderAnswer {
  const problem = { type: 'https://posthorn.dev/receiving#answers', title: 'The webhook is refused', status, code, detail: reason }
  return { status, headers: { 'content-type': 'application/problem+json', ...(status === 503 && { 'retry-after': '5' }) }, body: JSON.stringify(problem) }
}

const text = (body: string): ProviderAnswer => ({ status: 200, headers: { 'content-type': 'text/plain' }, body })
