/** Whether this is a well-formed event type: dot-separated words of letters, digits, `_` and `-`, 128 characters at most. */
export function isEventType(text: string): boolean {
  return text.length <= maxEventTypeLength && eventTypePattern.test(text)
}

/**
 * Whether this can stand in an endpoint's `eventTypes`: an exact type, a prefix such as `order.*`, or `*`.
 * The length limit is the event type's own: a longer prefix could match nothing.
 */
export function isSubscription(text: string): boolean {
  if (text === '*') return true
  if (!text.endsWith('.*')) return isEventType(text)
  return text.length <= maxEventTypeLength && eventTypePattern.test(text.slice(0, -2))
}

/**
 * Turns an endpoint's subscriptions into the question that dispatch asks of every event. No subscriptions match nothing;
 * the default of `*` belongs to whoever makes the endpoint. A pattern that is not a subscription matches nothing either.
 *
 * `*` stands for what the organization itself has to tell. It leaves out our own alerts (`posthorn.*`) and the native types
 * of providers (`stripe.*`), which say once more what a normalized event says already; those are subscribed by name or prefix.
 */
export function compileSubscriptions(patterns: readonly string[]): (type: string) => boolean {
  const known = new Set(patterns)
  return (type) => subscriptionsTo(type).some((pattern) => known.has(pattern))
}

/** Every subscription that matches this event type, each once; see `compileSubscriptions`. Few: one for each of its words, and `*`. */
export function subscriptionsTo(type: string): string[] {
  const patterns = [type]
  for (let dot = type.indexOf('.'); dot !== -1; dot = type.indexOf('.', dot + 1)) patterns.push(`${type.slice(0, dot)}.*`)
  if (isMatchedByAsterisk(type)) patterns.push('*')
  return patterns
}

/**
 * The event type under which a provider's own event enters the stream: `shopify` and `orders/create` give
 * `shopify.orders.create`. Whatever the provider sends, the result is a well-formed event type under that scheme.
 */
export function nativeType(scheme: string, type: string): string {
  const words = type.replace(/[^A-Za-z0-9_-]+/g, '.').replace(/^\.|\.$/g, '')
  return `${scheme}.${words || 'unknown'}`.slice(0, maxEventTypeLength).replace(/\.$/, '')
}

/** The first word of providers' native types: every scheme that a source can verify. Types under them are not matched by `*`. */
export const nativeSchemes = [
  'stripe', 'shopify', 'square', 'twilio', 'whatsapp', 'paypal',
  'github', 'slack', 'paddle', 'adyen', 'sendgrid', 'mailgun', 'zoom', 'linear', 'gitlab', 'intercom',
  'woocommerce', 'bigcommerce', 'mollie', 'clerk', 'svix',
  'bare-commerce', 'bear-billing', 'devsphere', 'better-data',
  'standard-webhooks', 'generic',
] as const

export const maxEventTypeLength = 128

export const eventTypePattern = /^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$/

const wordsBeyondAsterisk: ReadonlySet<string> = new Set(['posthorn', ...nativeSchemes])

function isMatchedByAsterisk(type: string): boolean {
  const dot = type.indexOf('.')
  return dot === -1 || !wordsBeyondAsterisk.has(type.slice(0, dot))
}
