import { z } from '@hono/zod-openapi'
import { judgeType } from '../catalogs/judge-type.js'
import { isSubscription } from '../event-types/event-type.js'
import { eventId, parseEventId, receiptId } from '../ids/public-id.js'
import { Problem } from '../problems/problem.js'
import { formatInstant } from '../events/instant.js'
import { originName, origins, type NewEvent } from '../events/event.js'
import { digestOf, maxBatchBytes, maxEventBytes, readBatch, readPublish, type PublishRequest } from '../events/publish-request.js'
import { notFound } from './access.js'
import { idempotencyKey } from './idempotency-key.js'
import { describe, operation, type Operation } from './operation.js'
import { instantIn, pageQuery, pageSchema, parseCursor } from './paging.js'
import { incomingOf, readText } from './request-body.js'
import type { Engine } from '../engine/engine.js'
import type { Appended } from '../events/append.js'
import type { EventSummary } from '../events/read-events.js'
import type { OrganizationSummary } from '../organizations/read-organizations.js'

// Spelled out, because "unknown" would count as a field that may be left out.
const anyJson = z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(z.unknown()), z.record(z.string(), z.unknown())])

const newEvent = z.strictObject({
  type: z.string().max(128).openapi({ example: 'order.created' }),
  data: anyJson.openapi({ description: 'Any JSON value, nested at most 64 levels deep. It leaves as it was written, byte for byte.' }),
  id: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/).optional().openapi({ description: 'An id of your own: publishing it again with the same content is the same event.' }),
  occurredAt: z.iso.datetime({ offset: true }).optional(),
}).openapi('NewEvent')

const warnings = z.array(z.object({ code: z.string(), detail: z.string() })).optional()
const accepted = z.object({ id: z.string(), warnings }).openapi('Accepted')

const event = z.object({
  id: z.string(), organizationId: z.string(), type: z.string(), occurredAt: z.string(), createdAt: z.string(), origin: z.enum(Object.keys(origins) as [keyof typeof origins]), test: z.boolean(),
  receiptId: z.string().nullable().openapi({ description: 'The inbound request that it came with.' }),
}).openapi('Event')

/**
 * Publishing is written by hand, past `operation`: it is what happens thousands of times a second, its body is never
 * validated by a schema, and its `data` never becomes a value that would have to become text again.
 */
const publish: Operation = {
  mount(app, { engine, gate, clock }) {
    describe(app, {
      method: 'post', path: '/v1/organizations/{org}/events', tag: 'Events', scope: 'events:publish', body: newEvent, answers: { 202: accepted },
      summary: 'Publishes an event. 202 means that it is on stable storage.',
    })
    app.post('/v1/organizations/:org/events', async (c) => {
      const request = c.req.raw
      const access = await gate.admit(request)
      const organization = await gate.organization(access, c.req.param('org'), 'events:publish')
      const key = idempotencyKey(request.headers.get('idempotency-key'))
      const text = await readText(request, maxEventBytes, incomingOf(c))

      const published = readPublish(text)
      const warning = judgeType(organization, published.type)
      if (key !== undefined) published.keys.unshift({ key: `k:${key}`, digest: digestOf(text) })
      const [appended] = await engine.publish([asNewEvent(published, organization, clock.now(), text.length)])
      return new Response(answerTo(appended as Appended, published, warning), { status: 202, headers: jsonHeaders })
    })
  },
}

const publishBatch: Operation = {
  mount(app, { engine, gate, clock }) {
    describe(app, {
      method: 'post', path: '/v1/organizations/{org}/events/batch', tag: 'Events', scope: 'events:publish', body: z.strictObject({ events: z.array(newEvent).max(1_000) }),
      answers: { 207: z.object({ data: z.array(z.object({ status: z.number().int(), id: z.string().optional(), warnings, error: z.looseObject({}).optional() })) }) },
      summary: 'Publishes up to 1,000 events. Each has its own outcome, in order; the good ones are on stable storage.',
    })
    app.post('/v1/organizations/:org/events/batch', async (c) => {
      const request = c.req.raw
      const access = await gate.admit(request)
      const organization = await gate.organization(access, c.req.param('org'), 'events:publish')
      const key = idempotencyKey(request.headers.get('idempotency-key'))
      const text = await readText(request, maxBatchBytes, incomingOf(c))

      const items = readBatch(text).map((item) => judged(item, organization))
      const good = items.filter((item): item is Judged => !(item instanceof Problem))
      const now = clock.now()
      const events = good.map(({ published }) => asNewEvent(published, organization, now, published.data.length))
      const appended = key === undefined ? events.length > 0 ? await engine.publish(events) : [] : await publishOnce(engine, events, key, digestOf(text))

      let next = 0
      const outcomes = items.map((item) => item instanceof Problem ? refusal(item) : outcomeOf(appended[next++] as Appended, item))
      return new Response(`{"data":[${outcomes.join(',')}]}`, { status: 207, headers: jsonHeaders })
    })
  },
}

const eventQuery = {
  ...pageQuery,
  type: z.string().max(128).refine(isSubscription, 'is neither an event type nor a prefix such as "order.*"').optional().openapi({ description: 'A type, or a prefix such as `order.*`.' }),
  from: z.iso.datetime({ offset: true }).optional().openapi({ description: 'Accepted at this instant or later.' }),
  to: z.iso.datetime({ offset: true }).optional().openapi({ description: 'Accepted before this instant.' }),
}

const listEvents = operation({
  method: 'get',
  path: '/v1/organizations/{org}/events',
  summary: "Lists an organization's events, newest first, without their data. A page may be short: there is more as long as \"next\" is not null.",
  tag: 'Events',
  scope: 'webhooks:read',
  query: z.strictObject({ ...eventQuery, id: z.string().max(64).optional().openapi({ description: 'The one event of this id.' }) }),
  answers: { 200: pageSchema(event) },
  handle: async ({ organization, query }, { engine }) => ({ status: 200, body: await eventPage(engine, query, organization.id) }),
})

const listAllEvents = operation({
  method: 'get',
  path: '/v1/events',
  summary: 'Lists the events of all organizations, newest first, without their data. A page may be short: there is more as long as "next" is not null.',
  tag: 'Events',
  scope: 'admin',
  query: z.strictObject(eventQuery),
  answers: { 200: pageSchema(event) },
  handle: async ({ query }, { engine }) => ({ status: 200, body: await eventPage(engine, query) }),
})

async function eventPage(engine: Engine, { after, limit, from, to, ...filter }: z.output<z.ZodObject<typeof eventQuery>> & { id?: string | undefined }, organizationId?: number) {
  const { events, next } = await engine.store.query('listEvents', { ...filter, organizationId, before: parseCursor(after, parseEventId), limit, from: instantIn(from), to: instantIn(to) })
  return { data: events.map(showEvent), next: next === null ? null : eventId(next) }
}

const getEvent = operation({
  method: 'get',
  path: '/v1/organizations/{org}/events/{event}',
  summary: 'Tells one event with its data, as the publisher wrote it.',
  tag: 'Events',
  scope: 'webhooks:read',
  answers: { 200: event.extend({ data: anyJson }) },
  async handle({ organization, params }, { engine }) {
    const found = await engine.store.query('findEvent', { organizationId: organization.id, publicId: params.event })
    if (found === undefined) throw notFound()
    const head = JSON.stringify(showEvent(found))
    return { status: 200, text: `${head.slice(0, -1)},"data":${found.data}}` }
  },
})

export const eventsOperations: Operation[] = [publish, publishBatch, listEvents, getEvent, listAllEvents]

const jsonHeaders = { 'content-type': 'application/json' }

function asNewEvent(published: PublishRequest, organization: OrganizationSummary, now: number, bytes: number): NewEvent {
  return {
    organizationId: organization.id, type: published.type, data: published.data, givenId: published.id,
    occurredAt: published.occurredAt ?? now, createdAt: now, origin: origins.api, keys: published.keys.length > 0 ? published.keys : undefined, bytes,
  }
}

interface Judged { published: PublishRequest; warning: string | undefined }

function judged(item: PublishRequest | Problem, organization: OrganizationSummary): Judged | Problem {
  if (item instanceof Problem) return item
  try {
    return { published: item, warning: judgeType(organization, item.type) }
  } catch (error) {
    if (error instanceof Problem) return error
    throw error
  }
}

/**
 * Publishes a batch under one Idempotency-Key. Its first event carries the key itself and goes ahead alone: if the key came
 * before with another body, nothing of this one is stored. The others, each under a key made of it, then cannot conflict;
 * after a crash in between, the repeated request adds what is missing.
 */
async function publishOnce(engine: Engine, events: readonly NewEvent[], key: string, digest: string): Promise<Appended[]> {
  const appended: Appended[] = []
  while (appended.length < events.length) {
    const [outcome] = await engine.publish([withKey(events[appended.length] as NewEvent, `k:${key}`, digest)]) as [Appended]
    if (outcome.kind === 'key_conflict' && outcome.key.startsWith('k:')) throw keyConflict(outcome.key)
    appended.push(outcome)
    // An event that was refused for its own id has not taken the key along; the next one has to.
    if (outcome.kind !== 'key_conflict') break
  }
  const rest = events.slice(appended.length)
  if (rest.length === 0) return appended
  // No key that anybody sends has a line break.
  return [...appended, ...await engine.publish(rest.map((event, i) => withKey(event, `k:${key}\n${appended.length + i}`, digest)))]
}

function withKey(event: NewEvent, key: string, digest: string): NewEvent {
  return { ...event, keys: [{ key, digest }, ...event.keys ?? []] }
}

function outcomeOf(appended: Appended, { published, warning }: Judged): string {
  try {
    return `{"status":202,${answerTo(appended, published, warning).slice(1)}`
  } catch (error) {
    if (error instanceof Problem && appended.kind === 'key_conflict') return refusal(error)
    throw error
  }
}

function answerTo(appended: Appended, published: PublishRequest, warning: string | undefined): string {
  // Ids are letters, digits, "_" and "-": nothing to escape.
  const warned = warning === undefined ? '}' : `,"warnings":${JSON.stringify([{ code: 'unknown_event_type', detail: warning }])}}`
  if (appended.kind === 'appended') return `{"id":"${published.id ?? eventId(appended.id)}"${warned}`
  if (appended.kind === 'repeated') return `{"id":"${appended.givenId ?? eventId(appended.id)}"${warned}`
  if (appended.kind === 'no_organization') throw notFound()
  throw keyConflict(appended.key)
}

function keyConflict(key: string): Problem {
  return key.startsWith('i:')
    ? new Problem('idempotency_conflict', `The event id "${key.slice(2)}" came before with another content.`, { errors: [{ path: 'id', code: 'idempotency_conflict', message: 'came before with another content' }] })
    : new Problem('idempotency_conflict', 'The Idempotency-Key came before with another body.', { errors: [{ path: 'Idempotency-Key', code: 'idempotency_conflict', message: 'came before with another body' }] })
}

function refusal(problem: Problem): string {
  return JSON.stringify({ status: problem.status, error: problem })
}

function showEvent(found: EventSummary) {
  return {
    id: found.givenId ?? eventId(found.id), organizationId: found.organization, type: found.type, occurredAt: formatInstant(found.occurredAt), createdAt: formatInstant(found.createdAt),
    origin: originName(found.origin), test: found.origin === origins.test, receiptId: found.receiptId === null ? null : receiptId(found.receiptId),
  }
}
