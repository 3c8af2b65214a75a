import { utf8Text } from '../encoding.js'
import { at, parseExactJson } from '../exact-json.js'
import { headerView } from '../header-view.js'
import { formOf } from '../received-request.js'
import type { SchemeName } from '../scheme-name.js'
import { problemAnswer, type Answer } from './answer.js'
import type { ArrivedRequest } from './arriving-request.js'
import { gatewayEvents, type GatewayProvider } from './gateway-events.js'
import type { AnyOptions } from './handler-options.js'
import type { ProvenSender } from './proven-sender.js'
import { checkedWith } from './standard-schema.js'
import type { WebhookEvent } from './webhook-event.js'

/** What a proven request says, in shape; or the 400 that says what is wrong with it. No callback sees anything before this. */
export async function eventsOfRequest(request: ArrivedRequest, sender: ProvenSender, { schemas }: AnyOptions): Promise<WebhookEvent[] | Answer> {
  const body = parsedBody(request)
  if (body === undefined) return malformed('it is not JSON')
  const { scheme, isGateway, verdict } = sender
  if (verdict.type === undefined && (isGateway || namesItsEvents.has(scheme))) return malformed(scheme === 'shopify' ? 'the header "X-Shopify-Topic" is missing' : '"type" is missing')
  const told = isGateway ? gatewayEvents(scheme as GatewayProvider, verdict.type!, verdict.dedupeId, body) : enveloped(sender, body)
  if ('problem' in told) return malformed(told.problem)
  if (!schemas) return told

  const named = told.map((event) => withOwnName(event, verdict.type, schemas))
  const known = named.filter((event) => isGateway || Object.hasOwn(schemas, event.type))
  const events: WebhookEvent[] = []
  for (const event of known) {
    const schema = Object.hasOwn(schemas, event.type) ? schemas[event.type] : undefined
    const checked = schema ? await checkedWith(schema, event.data) : { value: event.data }
    if ('problem' in checked) return malformed(`the data of "${event.type}" does not fit its schema (${checked.problem})`)
    events.push({ ...event, data: checked.value })
  }
  return events
}

/** One event, its data the body's own `data` or else the whole body. */
function enveloped({ scheme, verdict }: ProvenSender, body: unknown): WebhookEvent[] {
  const { type = '', dedupeId: id, items } = verdict
  return [{ type, id, provider: scheme, data: at(body, 'data') ?? body, original: body, ...(items && { items }) }]
}

/** A type that the gateway has no word for is known by its own name as soon as there is a schema for it. */
function withOwnName(event: WebhookEvent, type: string | undefined, schemas: object): WebhookEvent {
  return event.provider === 'better-data' && event.type === `better-data.${type}` && Object.hasOwn(schemas, type!) ? { ...event, type: type! } : event
}

// Their envelopes always carry a type; without one it is none of their events.
const namesItsEvents = new Set<SchemeName>(['bare-commerce', 'bear-billing', 'devsphere', 'better-data', 'stripe'])

function parsedBody({ body, headers }: ArrivedRequest): unknown {
  const text = utf8Text(body)
  if (/^application\/x-www-form-urlencoded\b/i.test(headerView(headers).one('content-type') ?? '')) return Object.fromEntries(formOf(text))
  return parseExactJson(text)
}

const malformed = (what: string) => problemAnswer(400, 'malformed_payload', `The signature is right, but the body is not what it should be: ${what}.`)
