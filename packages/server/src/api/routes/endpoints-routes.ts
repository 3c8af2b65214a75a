import { z } from '@hono/zod-openapi'
import { isEventType } from '../../event-types/event-type.js'
import { endpointStates, type Endpoint } from '../../endpoints/endpoint.js'
import { isRotating, rotate, sealContext, type SecondSignature, type SigningSecrets } from '../../endpoints/signing-secrets.js'
import { origins } from '../../events/event.js'
import { formatInstant } from '../../events/instant.js'
import { endpointId, eventId, parseEndpointId } from '../../ids/public-id.js'
import { Problem } from '../../problems/problem.js'
import { notFound } from '../../access/gate.js'
import { discardForDeleted } from '../discard-for-deleted.js'
import { checkedSecret, checkedUrl, openSecrets, sealHeaders, sealSecondSignature, sealSecrets } from '../schemas/endpoint-form.js'
import { endpointChanges, endpointSchema, newEndpoint, rotation, secretSchema, showEndpoint } from '../schemas/endpoint-schemas.js'
import { operation } from '../operation.js'
import { page, pageQuery, pageSchema, parseCursor } from '../schemas/paging.js'
import { checkRetryPolicy } from '../schemas/retry-policy-schema.js'
import { testEvent } from '../test-event.js'
import type { EndpointAction, EndpointChanges } from '../../endpoints/change-endpoint.js'
import type { Claim } from '../../idempotency/once.js'
import type { OrganizationSummary } from '../../organizations/read-organizations.js'
import type { ApiSurroundings } from '../surroundings.js'

const tag = 'Endpoints'
const path = '/v1/organizations/{org}/endpoints/{endpoint}'

const createEndpoint = operation({
  method: 'post',
  path: '/v1/organizations/{org}/endpoints',
  summary: 'Makes an endpoint. Its signing secret is made with it, unless one is brought along, and shown in this answer.',
  tag,
  scope: 'webhooks:manage',
  body: newEndpoint,
  answers: { 201: endpointSchema.extend({ secret: z.string() }) },
  async handle({ access, organization, body, claim }, { engine, vault, settings, formatBook }) {
    const format = body.format ?? organization.format
    const secret = checkedSecret(body.secret, format, formatBook)
    if (body.retryPolicy != null) checkRetryPolicy(body.retryPolicy)
    const created = await engine.store.command('createEndpoint', {
      organizationId: organization.id, url: checkedUrl(body.url, settings.endpointUrls), description: body.description ?? '', eventTypes: body.eventTypes ?? ['*'],
      format: body.format ?? null, sealedSecrets: sealSecrets({ current: secret }, vault, organization.publicId), sealedHeaders: sealHeaders(body.headers, vault, organization.publicId),
      sealedSecondSignature: sealSecondSignature(body.secondSignature, { format, secret }, { vault, formatBook }, organization.publicId),
      timeoutMs: inMs(body.timeoutSeconds) ?? null, ratePerSecond: body.ratePerSecond ?? null, ordered: body.ordered ?? false, retryPolicy: body.retryPolicy ?? null, managed: null, claim,
    })
    engine.wake()
    return { status: 201, body: { ...showEndpoint(created, organization, access, vault), secret: openSecrets(created.sealedSecrets, vault, organization.publicId).current } }
  },
})

const listEndpoints = operation({
  method: 'get',
  path: '/v1/organizations/{org}/endpoints',
  summary: "Lists an organization's endpoints in the order of their making.",
  tag,
  scope: 'webhooks:read',
  query: z.strictObject({ ...pageQuery }),
  answers: { 200: pageSchema(endpointSchema) },
  async handle({ access, organization, query }, { engine, vault }) {
    const found = await engine.store.query('listEndpoints', { organizationId: organization.id, after: parseCursor(query.after, parseEndpointId), limit: query.limit + 1 })
    return { status: 200, body: page(found, query.limit, (endpoint) => showEndpoint(endpoint, organization, access, vault), (last) => endpointId(last.id)) }
  },
})

const getEndpoint = operation({
  method: 'get',
  path,
  summary: 'Tells one endpoint.',
  tag,
  scope: 'webhooks:read',
  answers: { 200: endpointSchema },
  async handle({ access, organization, params }, { engine, vault }) {
    const endpoint = await read(engine, organization, params.endpoint)
    return { status: 200, body: showEndpoint(endpoint, organization, access, vault) }
  },
})

const changeEndpoint = operation({
  method: 'patch',
  path,
  summary: 'Changes an endpoint: what is left out stays, null sets back to the default. Requests under way end as they began.',
  tag,
  scope: 'webhooks:manage',
  body: endpointChanges,
  answers: { 200: endpointSchema },
  async handle({ access, organization, params, body }, surroundings) {
    const { engine, vault } = surroundings
    const changed = await change(surroundings, organization, params.endpoint, (endpoint) => changesOf(endpoint, body, organization, surroundings))
    engine.wake()
    return { status: 200, body: showEndpoint(changed, organization, access, vault) }
  },
})

const deleteEndpoint = operation({
  method: 'delete',
  path,
  summary: 'Deletes an endpoint at once; what waited to be sent to it is discarded. Its log stays readable until its time is over.',
  tag,
  scope: 'webhooks:manage',
  answers: { 204: null },
  async handle({ organization, params }, surroundings) {
    const { engine } = surroundings
    const isDeleted = await engine.store.command('deleteEndpoint', { organizationId: organization.id, id: idOf(params.endpoint) })
    if (!isDeleted) throw notFound()
    engine.wake()
    discardForDeleted(surroundings)
    return { status: 204 }
  },
})

const pauseEndpoint = move('pause', 'Pauses an endpoint: its deliveries are held until it is resumed.')
const resumeEndpoint = move('resume', 'Resumes a paused endpoint; what was held is sent.')
const enableEndpoint = move('enable', 'Enables an endpoint that was disabled; what was held is sent.')

const testEndpoint = operation({
  method: 'post',
  path: `${path}/test`,
  summary: "Sends a test event to this endpoint alone, the real way: the catalog's example of a type.",
  tag,
  scope: 'webhooks:manage',
  body: z.strictObject({ eventType: z.string().refine(isEventType, { error: 'Use an event type such as "order.created".' }).optional() }),
  isBodyOptional: true,
  answers: { 202: z.object({ id: z.string(), eventType: z.string() }) },
  async handle({ organization, params, body, claim }, { engine, clock }) {
    const endpoint = await read(engine, organization, params.endpoint)
    if (endpoint.state !== endpointStates.enabled) throw new Problem('endpoint_not_enabled', 'The endpoint is not enabled, so a test would only be held.')
    const { type, data } = testEvent({ catalog: organization.catalog, eventTypes: endpoint.eventTypes, eventType: body.eventType })
    const now = clock.now()
    const [appended] = await engine.publish([{
      organizationId: organization.id, type, data, occurredAt: now, createdAt: now, origin: origins.test, onlyEndpointId: endpoint.id, bytes: data.length,
      keys: claim && [{ key: `k:${claim.key}`, digest: claim.digest }],
    }])
    if (appended === undefined || appended.kind === 'no_organization') throw notFound()
    if (appended.kind === 'key_conflict') throw new Problem('idempotency_conflict', 'The Idempotency-Key came before with another request.')
    return { status: 202, body: { id: eventId(appended.id), eventType: type } }
  },
})

const getSecret = operation({
  method: 'get',
  path: `${path}/secret`,
  summary: 'Shows the signing secret.',
  tag,
  scope: 'webhooks:manage',
  answers: { 200: secretSchema },
  async handle({ organization, params }, { engine, vault, clock }) {
    const endpoint = await read(engine, organization, params.endpoint)
    return { status: 200, body: showSecrets(openSecrets(endpoint.sealedSecrets, vault, organization.publicId), clock.now()) }
  },
})

const rotateSecret = operation({
  method: 'post',
  path: `${path}/secret/rotate`,
  summary: 'Begins to replace the signing secret. Both are in use until the overlap ends (86400 seconds unless told).',
  tag,
  scope: 'webhooks:manage',
  body: rotation,
  isBodyOptional: true,
  answers: { 200: secretSchema },
  async handle({ organization, params, body, claim }, surroundings) {
    const { engine, vault, clock, formatBook } = surroundings
    const earlier = claim && await engine.store.query('findAnswer', claim) as Endpoint | undefined
    const changed = earlier ?? await change(surroundings, organization, params.endpoint, (endpoint) => {
      const stored = openSecrets(endpoint.sealedSecrets, vault, organization.publicId)
      if (isRotating(stored, clock.now())) throw new Problem('conflict', 'The secret is being rotated already.', { fix: 'Call rotate/finish first, or wait until the overlap has ended.' })
      const rotated = rotate(stored, checkedSecret(body.secret, endpoint.format ?? organization.format, formatBook), (body.overlapSeconds ?? 86_400) * 1_000, clock.now())
      return { sealedSecrets: sealSecrets(rotated, vault, organization.publicId) }
    }, claim)
    engine.wake()
    return { status: 200, body: showSecrets(openSecrets(changed.sealedSecrets, vault, organization.publicId), clock.now()) }
  },
})

const finishRotation = operation({
  method: 'post',
  path: `${path}/secret/rotate/finish`,
  summary: 'Ends the overlap now: only the new secret is in use.',
  tag,
  scope: 'webhooks:manage',
  body: z.strictObject({}),
  isBodyOptional: true,
  answers: { 200: secretSchema },
  async handle({ organization, params, claim }, surroundings) {
    const { engine, vault, clock } = surroundings
    const changed = await change(surroundings, organization, params.endpoint, (endpoint) => {
      const { current } = openSecrets(endpoint.sealedSecrets, vault, organization.publicId)
      return { sealedSecrets: sealSecrets({ current }, vault, organization.publicId) }
    }, claim)
    engine.wake()
    return { status: 200, body: showSecrets(openSecrets(changed.sealedSecrets, vault, organization.publicId), clock.now()) }
  },
})

export const endpointsOperations = [
  createEndpoint, listEndpoints, getEndpoint, changeEndpoint, deleteEndpoint, pauseEndpoint, resumeEndpoint, enableEndpoint, testEndpoint,
  getSecret, rotateSecret, finishRotation,
]

function move(action: EndpointAction, summary: string) {
  return operation({
    method: 'post',
    path: `${path}/${action}`,
    summary,
    tag,
    scope: 'webhooks:manage',
    body: z.strictObject({}),
    isBodyOptional: true,
    answers: { 200: endpointSchema },
    async handle({ access, organization, params, claim }, { engine, vault }) {
      const endpoint = await engine.store.command('moveEndpoint', { organizationId: organization.id, id: idOf((params as { endpoint: string }).endpoint), action, claim })
      if (endpoint === undefined) throw notFound()
      engine.wake()
      return { status: 200, body: showEndpoint(endpoint, organization, access, vault) }
    },
  })
}

async function read(engine: ApiSurroundings['engine'], organization: OrganizationSummary, publicId: string): Promise<Endpoint> {
  const endpoint = await engine.store.query('findEndpoint', { organizationId: organization.id, id: idOf(publicId) })
  if (endpoint === undefined) throw notFound()
  return endpoint
}

/** Reads, decides and writes, and does so again when somebody else wrote in between: what is decided depends on sealed values, which only this side can open. */
async function change({ engine }: ApiSurroundings, organization: OrganizationSummary, publicId: string, decide: (endpoint: Endpoint) => EndpointChanges, claim?: Claim): Promise<Endpoint> {
  for (let tries = 0; tries < 5; tries++) {
    const { id, version, ...rest } = await read(engine, organization, publicId)
    const changed = await engine.store.command('changeEndpoint', { organizationId: organization.id, id, version, changes: decide({ id, version, ...rest }), claim })
    if (changed !== undefined) return changed
  }
  throw new Problem('conflict', 'The endpoint is being changed by others at the same time.', { fix: 'Read it again and repeat the request.' })
}

function changesOf(endpoint: Endpoint, body: z.output<typeof endpointChanges>, organization: OrganizationSummary, { vault, settings, formatBook }: ApiSurroundings): EndpointChanges {
  const { publicId } = organization
  if (endpoint.managed !== null && (body.url !== undefined || body.eventTypes !== undefined)) {
    throw new Problem('conflict', `This endpoint is the organization's ${endpoint.managed}; its URL and event types follow from that.`, { fix: `Change ${endpoint.managed} of the organization.` })
  }
  if (body.retryPolicy != null) checkRetryPolicy(body.retryPolicy)

  const format = (body.format === undefined ? endpoint.format : body.format) ?? organization.format
  const secrets = openSecrets(endpoint.sealedSecrets, vault, publicId)
  if (body.format !== undefined) {
    checkedSecret(secrets.current, format, formatBook, 'format')
    if (secrets.previous !== undefined) checkedSecret(secrets.previous, format, formatBook, 'format')
  }
  const secondBefore = endpoint.sealedSecondSignature === null ? null : JSON.parse(vault.open(endpoint.sealedSecondSignature, sealContext(publicId, 'second_signature'))) as SecondSignature
  const second = body.secondSignature === undefined ? secondBefore : body.secondSignature

  return {
    url: body.url === undefined ? undefined : checkedUrl(body.url, settings.endpointUrls),
    description: body.description === null ? '' : body.description,
    eventTypes: body.eventTypes === null ? ['*'] : body.eventTypes,
    format: body.format,
    sealedHeaders: body.headers === undefined ? undefined : sealHeaders(body.headers, vault, publicId),
    // Checked anew where the format changes under it, too.
    sealedSecondSignature: body.secondSignature === undefined && body.format === undefined ? undefined : sealSecondSignature(second, { format, secret: secrets.current }, { vault, formatBook }, publicId),
    timeoutMs: inMs(body.timeoutSeconds),
    ratePerSecond: body.ratePerSecond,
    ordered: body.ordered === null ? false : body.ordered,
    retryPolicy: body.retryPolicy,
  }
}

function showSecrets({ current, previous, overlapEndsAt }: SigningSecrets, now: number): z.output<typeof secretSchema> {
  if (previous === undefined || overlapEndsAt === undefined || overlapEndsAt <= now) return { secret: current }
  return { secret: current, previousSecret: previous, overlapEndsAt: formatInstant(overlapEndsAt) }
}

function idOf(publicId: string): number {
  const id = parseEndpointId(publicId)
  if (id === undefined) throw notFound()
  return id
}

function inMs(seconds: number | null | undefined): number | null | undefined {
  return seconds === null || seconds === undefined ? seconds : Math.round(seconds * 1_000)
}
