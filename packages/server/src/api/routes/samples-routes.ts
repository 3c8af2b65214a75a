import { z } from '@hono/zod-openapi'
import { sampleRequest, sampleSecret } from '../../attempts/sample-request.js'
import { sealContext, type SecondSignature } from '../../endpoints/signing-secrets.js'
import { isEventType } from '../../event-types/event-type.js'
import { parseEndpointId } from '../../ids/public-id.js'
import { notFound } from '../../access/gate.js'
import { checkHeaders, knownFormat } from '../schemas/endpoint-form.js'
import { formatName, maskedHeaders } from '../schemas/endpoint-schemas.js'
import { operation } from '../operation.js'
import { testEvent } from '../test-event.js'

const makeSamples = operation({
  method: 'post',
  path: '/v1/organizations/{org}/samples',
  summary: 'Shows what would be sent: an event type\'s example in each format or in one, as an endpoint is or would be made. Signed with a sample secret; nothing is sent.',
  tag: 'Event types',
  scope: 'webhooks:read',
  body: z.strictObject({
    eventType: z.string().max(128).refine(isEventType, { error: 'Use an event type such as "order.created".' }).optional().openapi({ description: "Left out: the catalog's first." }),
    endpointId: z.string().max(64).optional().openapi({ description: 'As this endpoint is made, unless told otherwise here.' }),
    format: formatName.optional().openapi({ description: "Left out: the endpoint's, or else each." }),
    headers: z.record(z.string().max(1_000), z.string().max(10_000)).optional(),
    secondSignature: z.strictObject({ format: formatName }).nullable().optional(),
  }).openapi('NewSamples'),
  isBodyOptional: true,
  answers: {
    200: z.object({
      eventType: z.string(), secret: z.string().openapi({ description: 'What the samples are signed with. Everybody knows it; no endpoint has it.' }),
      samples: z.array(z.object({ format: z.string(), headers: z.record(z.string(), z.string()), body: z.string() })),
    }).openapi('Samples'),
  },
  async handle({ organization, body, access }, { engine, vault, clock, settings, formatBook }) {
    const number = body.endpointId === undefined ? undefined : parseEndpointId(body.endpointId)
    const endpoint = number === undefined ? undefined : await engine.store.query('findEndpoint', { organizationId: organization.id, id: number })
    if (body.endpointId !== undefined && endpoint === undefined) throw notFound()
    if (body.headers !== undefined) checkHeaders(body.headers)

    const open = (sealed: string, column: Parameters<typeof sealContext>[1]): unknown => JSON.parse(vault.open(sealed, sealContext(organization.publicId, column)))
    const ownSecond = endpoint?.sealedSecondSignature == null ? undefined : (open(endpoint.sealedSecondSignature, 'second_signature') as SecondSignature).format
    const second = body.secondSignature === undefined ? ownSecond : body.secondSignature?.format
    const ownHeaders = endpoint?.sealedHeaders == null ? {} : maskedHeaders(open(endpoint.sealedHeaders, 'headers') as Record<string, string>, access)
    const format = body.format ?? (endpoint === undefined ? undefined : endpoint.format ?? organization.format)
    const definitions = format === undefined ? formatBook.definitions : [knownFormat(format, formatBook).definition]
    const { type, data } = testEvent({ catalog: organization.catalog, eventTypes: endpoint?.eventTypes ?? ['*'], eventType: body.eventType })
    const now = clock.now()
    const samples = definitions.map((definition) => sampleRequest({
      definition, second: second === undefined ? undefined : knownFormat(second, formatBook, 'secondSignature.format').definition, extraHeaders: body.headers ?? ownHeaders,
      organization: organization.publicId, event: { type, data, occurredAt: now, createdAt: now }, now, userAgent: `Posthorn/${settings.version}`,
    }))
    return { status: 200, body: { eventType: type, secret: sampleSecret, samples } }
  },
})

export const samplesOperations = [makeSamples]
