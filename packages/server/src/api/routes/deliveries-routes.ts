import { z } from '@hono/zod-openapi'
import { shownStates } from '../../deliveries/delivery.js'
import { proveAttempt } from '../../attempts/attempt-proof.js'
import { statusPattern } from '../../deliveries/last-attempts.js'
import { errorClasses } from '../../attempts/outcome.js'
import { formatInstant } from '../../events/instant.js'
import { isSubscription } from '../../event-types/event-type.js'
import { parseDeliveryId, parseEndpointId } from '../../ids/public-id.js'
import { Problem } from '../../problems/problem.js'
import { notFound } from '../../access/gate.js'
import { openSecrets } from '../schemas/endpoint-form.js'
import { operation } from '../operation.js'
import { instantIn, pageQuery, pageSchema } from '../schemas/paging.js'
import type { DeliverySummary } from '../../deliveries/list-deliveries.js'
import type { AttemptDetail, DeliveryDetail } from '../../deliveries/read-delivery.js'
import type { Engine } from '../../engine/engine.js'
import type { OrganizationSummary } from '../../organizations/read-organizations.js'

const tag = 'Deliveries'
const path = '/v1/organizations/{org}/deliveries/{delivery}'

const delivery = z.object({
  id: z.string(),
  organizationId: z.string(),
  state: z.enum(shownStates).openapi({ description: '"held": undelivered, and its endpoint is not enabled.' }),
  endpointId: z.string(),
  endpointUrl: z.string().openapi({ description: 'As it is now; an attempt tells where it was sent to.' }),
  eventId: z.string(),
  eventType: z.string().nullable(),
  attemptCount: z.number().int(),
  dueAt: z.string().nullable().openapi({ description: 'When the next attempt is due; null once the delivery has ended.' }),
  createdAt: z.string().nullable(),
  updatedAt: z.string(),
  test: z.boolean().openapi({ description: 'Made by a test event.' }),
  lastStatus: z.number().int().nullable().openapi({ description: 'What the endpoint answered to the last attempt; null where it did not, or none was made.' }),
  lastErrorClass: z.string().nullable().openapi({ description: 'Why the last attempt failed; null where it did not, or none was made.' }),
}).openapi('Delivery')

/** Which deliveries, by what came of their last attempt. */
export const lastAttemptFields = {
  status: z.string().regex(statusPattern, 'is neither a status such as "503" nor a class such as "5xx"').optional().openapi({ example: '5xx', description: 'Whose last attempt was answered so: a status, or a class such as `5xx`.' }),
  errorClass: z.enum(errorClasses).optional().openapi({ description: 'Whose last attempt failed so; `http` is an answer that is not a success.' }),
}

const deliveryQuery = {
  ...pageQuery,
  state: z.enum(shownStates).optional(),
  endpointId: z.string().max(64).optional(),
  eventId: z.string().max(64).optional(),
  eventType: z.string().max(128).refine(isSubscription, 'is neither an event type nor a prefix such as "order.*"').optional(),
  ...lastAttemptFields,
  from: z.iso.datetime({ offset: true }).optional().openapi({ description: 'Of events accepted at this instant or later.' }),
  to: z.iso.datetime({ offset: true }).optional().openapi({ description: 'Of events accepted before this instant.' }),
}

const attempt = z.object({
  id: z.string(),
  number: z.number().int(),
  startedAt: z.string(),
  durationMs: z.number().int(),
  status: z.number().int().nullable(),
  errorClass: z.string().nullable(),
  error: z.string().nullable(),
  url: z.string(),
  requestHeaders: z.record(z.string(), z.string()),
  responseHeaders: z.record(z.string(), z.union([z.string(), z.array(z.string())])).nullable(),
  responseExcerpt: z.string().nullable().openapi({ description: "The beginning of the answer's body." }),
  responseExcerptEncoding: z.enum(['utf-8', 'base64']).nullable(),
}).openapi('Attempt')

const deliveryDetail = delivery.extend({
  nextAttemptAt: z.string().nullable().openapi({ description: 'Null also while the endpoint is not enabled.' }),
  format: z.string().nullable(),
  endpoint: z.object({ id: z.string(), url: z.string(), description: z.string(), state: z.enum(['enabled', 'paused', 'disabled', 'deleted']) }),
  event: z.object({ id: z.string(), type: z.string(), occurredAt: z.string(), createdAt: z.string() }).nullable(),
  requestBody: z.string().nullable().openapi({ description: 'The body of every attempt, byte for byte; null once retention has removed the data of the event.' }),
  attempts: z.array(attempt),
}).openapi('DeliveryDetail')

const listDeliveries = operation({
  method: 'get',
  path: '/v1/organizations/{org}/deliveries',
  summary: "Lists an organization's deliveries, newest first. A page may be short: there is more as long as \"next\" is not null.",
  tag,
  scope: 'webhooks:read',
  query: z.strictObject(deliveryQuery),
  answers: { 200: pageSchema(delivery) },
  handle: async ({ organization, query }, { engine }) => ({ status: 200, body: await deliveryPage(engine, query, organization.id) }),
})

const listAllDeliveries = operation({
  method: 'get',
  path: '/v1/deliveries',
  summary: 'Lists the deliveries of all organizations, newest first. A page may be short: there is more as long as "next" is not null.',
  tag,
  scope: 'admin',
  query: z.strictObject(deliveryQuery),
  answers: { 200: pageSchema(delivery) },
  handle: async ({ query }, { engine }) => ({ status: 200, body: await deliveryPage(engine, query) }),
})

async function deliveryPage(engine: Engine, query: z.output<z.ZodObject<typeof deliveryQuery>>, organizationId?: number) {
  const { data, next } = await engine.store.query('listDeliveries', { ...query, organizationId, endpointId: endpointIn(query), from: instantIn(query.from), to: instantIn(query.to) })
  return { data: data.map(showDelivery), next }
}

const getDelivery = operation({
  method: 'get',
  path,
  summary: 'Tells one delivery with its attempts, and the body as it is sent.',
  tag,
  scope: 'webhooks:read',
  answers: { 200: deliveryDetail },
  async handle({ organization, params }, { engine }) {
    const found = await engine.store.query('readDelivery', deliveryIn(organization, params.delivery))
    if (found === undefined) throw notFound()
    return { status: 200, body: showDetail(found) }
  },
})

const proof = z.object({
  format: z.string(),
  algorithm: z.string().openapi({ example: 'sha256', description: 'Of the HMAC.' }), encoding: z.enum(['hex', 'base64']),
  secret: z.string().openapi({ example: 'whsec-base64', description: 'How the key comes out of the signing secret: `utf8` is the whole of it, `whsec-base64` what stands behind `whsec_`, decoded.' }),
  signedParts: z.array(z.object({ part: z.enum(['id', 'timestamp', 'body', 'url', 'literal']), header: z.string().nullable(), value: z.string() })).openapi({ description: 'What is signed, one right behind the other, and the header that carries it.' }),
  signedContent: z.string().openapi({ description: 'All of it: the bytes that were signed, as UTF-8.' }),
  headers: z.array(z.object({ name: z.string(), carries: z.enum(['signature', 'next_signature', 'timestamp', 'id']), value: z.string() })),
  signatures: z.array(z.object({
    header: z.string(), value: z.string().openapi({ description: 'As it stands in the header.' }),
    madeWith: z.enum(['current', 'previous']).nullable().openapi({ description: "Computed again: with which of the endpoint's secrets. Null where both have been replaced since." }),
  })),
}).openapi('AttemptProof')

const proveAttemptOperation = operation({
  method: 'get',
  path: `${path}/attempts/{number}/proof`,
  summary: 'Tells how a receiver proves an attempt: the bytes that were signed, which header carries what, and whose the signatures are. No secret is told.',
  tag,
  scope: 'webhooks:read',
  answers: { 200: proof },
  async handle({ organization, params }, { engine, vault }) {
    const wanted = deliveryIn(organization, params.delivery)
    const found = await engine.store.query('readDelivery', wanted)
    const attempt = found?.attempts.find(({ number }) => String(number) === params.number)
    if (found === undefined || attempt === undefined) throw notFound()
    if (found.requestBody === null || found.formatDefinition === null) throw new Problem('payload_expired', 'The data of this event was removed when its retention had passed.')
    const endpoint = await engine.store.query('findEndpoint', { organizationId: organization.id, id: wanted.endpointId })
    const proven = proveAttempt({
      scheme: found.formatDefinition.signature, requestHeaders: attempt.requestHeaders, body: found.requestBody,
      secrets: endpoint && openSecrets(endpoint.sealedSecrets, vault, organization.publicId),
    })
    if (proven === undefined) throw new Problem('not_found', 'The request of this attempt is not known any more, or was not signed.')
    return { status: 200, body: { format: found.formatDefinition.name, ...proven, signatures: proven.signatures.map(({ madeWith, ...signature }) => ({ ...signature, madeWith: madeWith ?? null })) } }
  },
})

const replayDelivery = operation({
  method: 'post',
  path: `${path}/replay`,
  summary: 'Sends a delivery that has ended once more: the same event and id, signed anew, with the whole retry policy.',
  tag,
  scope: 'webhooks:manage',
  answers: { 200: delivery },
  async handle({ organization, params, claim }, { engine }) {
    const replayed = await engine.store.command('replayDelivery', { ...deliveryIn(organization, params.delivery), claim })
    engine.wake()
    return { status: 200, body: showDelivery(replayed) }
  },
})

const releaseDelivery = operation({
  method: 'post',
  path: `${path}/release`,
  summary: 'Makes an undelivered delivery due now, once its endpoint is enabled.',
  tag,
  scope: 'webhooks:manage',
  answers: { 200: delivery },
  async handle({ organization, params, claim }, { engine }) {
    const released = await engine.store.command('releaseDelivery', { ...deliveryIn(organization, params.delivery), claim })
    engine.wake()
    return { status: 200, body: showDelivery(released) }
  },
})

const discardDelivery = operation({
  method: 'post',
  path: `${path}/discard`,
  summary: 'Gives an undelivered delivery up. An attempt that is under way may still arrive.',
  tag,
  scope: 'webhooks:manage',
  answers: { 200: delivery },
  async handle({ organization, params, claim }, { engine }) {
    const discarded = await engine.store.command('discardDelivery', { ...deliveryIn(organization, params.delivery), claim })
    engine.wake()
    return { status: 200, body: showDelivery(discarded) }
  },
})

export const deliveriesOperations = [listDeliveries, getDelivery, replayDelivery, releaseDelivery, discardDelivery, listAllDeliveries, proveAttemptOperation]

/** Reads an endpoint's id where it is a filter: nothing is found for another's, but what is no id at all is a mistake. */
export function endpointIn({ endpointId }: { endpointId?: string | undefined }): number | undefined {
  if (endpointId === undefined) return undefined
  const id = parseEndpointId(endpointId)
  if (id === undefined) throw new Problem('invalid_request', '"endpointId" is not the id of an endpoint.', { errors: [{ path: 'endpointId', code: 'invalid_id', message: 'is not the id of an endpoint' }] })
  return id
}

function deliveryIn(organization: OrganizationSummary, id: string) {
  const key = parseDeliveryId(id)
  if (key === undefined) throw notFound()
  return { organizationId: organization.id, ...key }
}

function showDelivery(summary: DeliverySummary): z.input<typeof delivery> {
  return { ...summary, dueAt: shownInstant(summary.dueAt), createdAt: shownInstant(summary.createdAt), updatedAt: formatInstant(summary.updatedAt) }
}

function showDetail({ nextAttemptAt, format, formatDefinition: _formatDefinition, endpoint, event, requestBody, attempts, ...summary }: DeliveryDetail): z.input<typeof deliveryDetail> {
  return {
    ...showDelivery(summary),
    nextAttemptAt: shownInstant(nextAttemptAt), format, endpoint,
    event: event && { ...event, occurredAt: formatInstant(event.occurredAt), createdAt: formatInstant(event.createdAt) },
    requestBody,
    attempts: attempts.map(showAttempt),
  }
}

function showAttempt(made: AttemptDetail): z.input<typeof attempt> {
  return { ...made, startedAt: formatInstant(made.startedAt) }
}

function shownInstant(ms: number | null): string | null {
  return ms === null ? null : formatInstant(ms)
}
