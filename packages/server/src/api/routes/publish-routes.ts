import { z } from '@hono/zod-openapi'
import { judgeType } from '../../catalogs/judge-type.js'
import { origins, type NewEvent } from '../../events/event.js'
import { digestOf, maxBatchBytes, maxEventBytes, readBatch, readPublish, type PublishRequest } from '../../events/publish-request.js'
import { eventId } from '../../ids/public-id.js'
import { Problem } from '../../problems/problem.js'
import { notFound, type Access } from '../../access/gate.js'
import { anyJson } from '../schemas/any-json.js'
import { idempotencyKey } from '../idempotency-key.js'
import { describe, type Operation } from '../operation.js'
import { asProblem, problemAnswer } from '../problem-response.js'
import { incomingOf, readIncomingText, readText } from '../bodies/request-body.js'
import type { Engine } from '../../engine/engine.js'
import type { Appended } from '../../events/append.js'
import type { OrganizationSummary } from '../../organizations/read-organizations.js'
import type { NodeHandler } from '../http-server.js'
import type { ApiSurroundings } from '../surroundings.js'

const newEvent = z.strictObject({
  type: z.string().max(128).openapi({ example: 'order.created' }),
  data: anyJson.openapi({ description: 'Any JSON value, nested at most 64 levels deep. It leaves as it was written, byte for byte.' }),
  id: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/).optional().openapi({ description: 'An id of your own: publishing it again with the same content is the same event.' }),
  occurredAt: z.iso.datetime({ offset: true }).optional(),
}).openapi('NewEvent')

const warnings = z.array(z.object({ code: z.string(), detail: z.string() })).optional()
const accepted = z.object({ id: z.string(), warnings }).openapi('Accepted')

/**
 * Publishing is written by hand, past `operation`: it is what happens thousands of times a second, its body is never
 * validated by a schema, and its `data` never becomes a value that would have to become text again.
 */
const publish: Operation = {
  mount(app, surroundings) {
    describe(app, {
      method: 'post', path: '/v1/organizations/{org}/events', tag: 'Events', scope: 'events:publish', body: newEvent, answers: { 202: accepted },
      summary: 'Publishes an event. 202 means that it is on stable storage.',
    })
    app.post('/v1/organizations/:org/events', async (c) => {
      const request = c.req.raw
      const access = await surroundings.gate.admit(request)
      const body = await publishOne(surroundings, access, { organization: c.req.param('org'), key: request.headers.get('idempotency-key'), readBody: () => readText(request, maxEventBytes, incomingOf(c)) })
      return new Response(body, { status: 202, headers: jsonHeaders })
    })
  },
}

/**
 * The same on Node's own request and answer: one that names its key and its length, as all but a browser's do, never
 * becomes a fetch Request, nor its answer a Response. What is unusual, and all else, is left to the routes.
 */
export function publishOnNode(surroundings: ApiSurroundings): NodeHandler {
  return (incoming, outgoing) => {
    if (incoming.method !== 'POST') return false
    const organization = publishPath.exec(incoming.url ?? '')?.[1]
    const { authorization, 'content-length': length, 'idempotency-key': key } = incoming.headers
    if (organization === undefined || authorization === undefined || length === undefined || !(Number(length) <= maxEventBytes)) return false

    const answer = (status: number, headers: Record<string, string>, body: string): void => {
      outgoing.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) })
      outgoing.end(body)
    }
    surroundings.gate.enter(authorization)
      .then((access) => publishOne(surroundings, access, { organization, key: key as string | undefined, readBody: () => readIncomingText(incoming, maxEventBytes) }))
      .then((body) => answer(202, jsonHeaders, body))
      .catch((error: unknown) => {
        const { status, headers, body } = problemAnswer(asProblem(error, surroundings.log))
        answer(status, headers, body)
      })
    return true
  }
}

const publishPath = /^\/v1\/organizations\/([A-Za-z0-9_-]+)\/events$/

interface PublishCall { organization: string; key: string | null | undefined; readBody: () => Promise<string> }

/** Publishes one event and gives the answer's body. */
async function publishOne({ engine, gate, clock }: ApiSurroundings, access: Access, call: PublishCall): Promise<string> {
  const organization = await gate.organization(access, call.organization, 'events:publish')
  const key = idempotencyKey(call.key)
  const text = await call.readBody()

  const published = readPublish(text)
  const warning = judgeType(organization, published.type)
  if (key !== undefined) published.keys.unshift({ key: `k:${key}`, digest: digestOf(text) })
  const [appended] = await engine.publish([asNewEvent(published, organization, clock.now(), text.length)])
  return answerTo(appended as Appended, published, warning)
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

export const publishOperations: Operation[] = [publish, publishBatch]

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
