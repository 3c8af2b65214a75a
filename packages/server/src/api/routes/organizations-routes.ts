import { z } from '@hono/zod-openapi'
import { catalogNames } from '../../catalogs/catalog.js'
import { consumerNames, consumersOf } from '../../consumers/consumer-names.js'
import { managedEndpoint } from '../../organizations/create-organization.js'
import { defaultsFor, type Organization } from '../../organizations/organization.js'
import { makeOrganizationId, organizationIdPattern } from '../../organizations/organization-id.js'
import { formatInstant } from '../../events/instant.js'
import { notFound } from '../../access/gate.js'
import { discardForDeleted } from '../discard-for-deleted.js'
import { checkedSecret, checkedUrl, knownFormat, openSecrets, sealSecrets } from '../schemas/endpoint-form.js'
import { formatName } from '../schemas/endpoint-schemas.js'
import { operation } from '../operation.js'
import { page, pageQuery, pageSchema, parseCursor } from '../schemas/paging.js'
import { checkRetryPolicy, retryPolicySchema } from '../schemas/retry-policy-schema.js'
import type { NewEndpoint } from '../../endpoints/create-endpoint.js'
import type { ApiSurroundings } from '../surroundings.js'

const fields = {
  name: z.string().min(1).max(200),
  catalog: z.enum(catalogNames).nullable().optional(),
  format: formatName.nullable().optional(),
  retryPolicy: retryPolicySchema.nullable().optional(),
  eventTypePolicy: z.enum(['off', 'warn', 'reject']).nullable().optional(),
  webhookUrl: z.string().max(4_096).nullable().optional(),
  consumers: z.array(z.enum(consumerNames)).max(consumerNames.length).nullable().optional().openapi({ description: 'What Posthorn itself does with its events; what goes with the catalog unless set.' }),
}

const organizationSchema = z.object({
  id: z.string(), name: z.string(), catalog: z.string().nullable(), format: z.string(), retryPolicy: retryPolicySchema,
  eventTypePolicy: z.string(), webhookUrl: z.string().nullable(), consumers: z.array(z.string()), createdAt: z.string(), updatedAt: z.string(),
}).openapi('Organization')

const tag = 'Organizations'

const createOrganization = operation({
  method: 'post',
  path: '/v1/organizations',
  summary: 'Makes an organization. What it does not say follows from its catalog.',
  tag,
  scope: 'admin',
  body: z.strictObject({ id: z.string().regex(organizationIdPattern).optional(), ...fields }),
  answers: { 201: organizationSchema },
  async handle({ body, claim }, { engine, vault, settings, clock, formatBook }) {
    const catalog = body.catalog ?? null
    const named = body.format == null ? undefined : knownFormat(body.format, formatBook)
    const defaults = { ...defaultsFor(catalog), ...(named?.isBuiltIn === false && { retryPolicy: named.retryPolicy }) }
    const organization = {
      publicId: body.id ?? makeOrganizationId(clock.now()), name: body.name, catalog, format: body.format ?? defaults.format, retryPolicy: body.retryPolicy ?? defaults.retryPolicy,
      eventTypePolicy: body.eventTypePolicy ?? defaults.eventTypePolicy, webhookUrl: body.webhookUrl == null ? null : checkedUrl(body.webhookUrl, settings.endpointUrls, 'webhookUrl'),
      consumers: body.consumers ?? null,
    }
    checkRetryPolicy(organization.retryPolicy)
    const endpoint = organization.webhookUrl === null ? undefined : webhookEndpoint(organization.webhookUrl, organization.publicId, organization.format, { vault, formatBook })
    const created = await engine.store.command('createOrganization', { organization, endpoint, claim })
    return { status: 201, body: showOrganization(created) }
  },
})

const listOrganizations = operation({
  method: 'get',
  path: '/v1/organizations',
  summary: 'Lists organizations in the order of their making.',
  tag,
  scope: 'admin',
  query: z.strictObject({ ...pageQuery }),
  answers: { 200: pageSchema(organizationSchema) },
  async handle({ query }, { engine }) {
    const after = parseCursor(query.after, (text) => /^\d{1,15}$/.test(text) ? Number(text) : undefined)
    const found = await engine.store.query('listOrganizations', { after, limit: query.limit + 1 })
    return { status: 200, body: page(found, query.limit, showOrganization, (last) => String(last.id)) }
  },
})

const getOrganization = operation({
  method: 'get',
  path: '/v1/organizations/{org}',
  summary: 'Tells one organization.',
  tag,
  scope: 'webhooks:read',
  answers: { 200: organizationSchema },
  async handle({ organization }, { engine }) {
    const found = await engine.store.query('readOrganization', { id: organization.id })
    if (found === undefined) throw notFound()
    return { status: 200, body: showOrganization(found) }
  },
})

const changeOrganization = operation({
  method: 'patch',
  path: '/v1/organizations/{org}',
  summary: 'Changes an organization. Null sets back to what the catalog says; a new catalog does not change what is left out.',
  tag,
  scope: 'admin',
  body: z.strictObject({ ...fields, name: fields.name.optional() }),
  answers: { 200: organizationSchema },
  async handle({ organization, body }, surroundings) {
    const { engine, settings, gate } = surroundings
    const defaults = defaultsFor(body.catalog === undefined ? organization.catalog : body.catalog)
    const changes = {
      name: body.name, catalog: body.catalog,
      format: body.format === null ? defaults.format : body.format,
      retryPolicy: body.retryPolicy === null ? defaults.retryPolicy : body.retryPolicy,
      eventTypePolicy: body.eventTypePolicy === null ? defaults.eventTypePolicy : body.eventTypePolicy,
      webhookUrl: body.webhookUrl == null ? body.webhookUrl : checkedUrl(body.webhookUrl, settings.endpointUrls, 'webhookUrl'),
      consumers: body.consumers,
    }
    if (body.format != null) knownFormat(body.format, surroundings.formatBook)
    if (changes.retryPolicy !== undefined) checkRetryPolicy(changes.retryPolicy)
    const format = changes.format ?? organization.format
    if (format !== organization.format) await checkInheritedSecrets(organization, format, surroundings)
    const endpoint = changes.webhookUrl == null ? undefined : webhookEndpoint(changes.webhookUrl, organization.publicId, format, surroundings)
    const changed = await engine.store.command('changeOrganization', { id: organization.id, changes, endpoint })
    gate.forget()
    if (changed === undefined) throw notFound()
    engine.wake()
    return { status: 200, body: showOrganization(changed) }
  },
})

const deleteOrganization = operation({
  method: 'delete',
  path: '/v1/organizations/{org}',
  summary: 'Deletes an organization at once: its keys end, its endpoints get nothing more, and what waited to be sent is discarded. Its log goes when its time is over.',
  tag,
  scope: 'admin',
  query: z.strictObject({ erase: z.enum(['true', 'false']).default('false').openapi({ description: '`true` erases all that is kept of it, soon and for ever: events, deliveries, attempts, inbound requests, keys, orders, billing, counts.' }) }),
  answers: { 204: null },
  async handle({ organization, query }, surroundings) {
    const { engine, gate } = surroundings
    const isDeleted = await engine.store.command('deleteOrganization', { id: organization.id, erase: query.erase === 'true' })
    gate.forget()
    if (!isDeleted) throw notFound()
    engine.wake()
    discardForDeleted(surroundings)
    return { status: 204 }
  },
})

export const organizationsOperations = [createOrganization, listOrganizations, getOrganization, changeOrganization, deleteOrganization]

function webhookEndpoint(url: string, organization: string, format: string, { vault, formatBook }: Pick<ApiSurroundings, 'vault' | 'formatBook'>): Omit<NewEndpoint, 'organizationId'> {
  return {
    url, description: managedEndpoint.description, eventTypes: [...managedEndpoint.eventTypes], managed: managedEndpoint.managed, format: null,
    sealedSecrets: sealSecrets({ current: checkedSecret(undefined, format, formatBook) }, vault, organization), sealedHeaders: null, sealedSecondSignature: null,
    timeoutMs: null, ratePerSecond: null, ordered: false, retryPolicy: null,
  }
}

/** A secret that a customer brought for one format may be none for another; then nothing could be sent any more. */
async function checkInheritedSecrets(organization: { id: number; publicId: string }, format: string, { engine, vault, formatBook }: ApiSurroundings): Promise<void> {
  let after: number | undefined
  for (;;) {
    const endpoints = await engine.store.query('listEndpoints', { organizationId: organization.id, after, limit: 200 })
    for (const endpoint of endpoints.filter(({ format: own }) => own === null)) {
      const { current, previous } = openSecrets(endpoint.sealedSecrets, vault, organization.publicId)
      checkedSecret(current, format, formatBook, 'format')
      if (previous !== undefined) checkedSecret(previous, format, formatBook, 'format')
    }
    if (endpoints.length < 200) return
    after = endpoints.at(-1)?.id
  }
}

function showOrganization({ publicId, name, catalog, format, retryPolicy, eventTypePolicy, webhookUrl, consumers, createdAt, updatedAt }: Organization) {
  return { id: publicId, name, catalog, format, retryPolicy, eventTypePolicy, webhookUrl, consumers: consumersOf({ catalog, consumers }), createdAt: formatInstant(createdAt), updatedAt: formatInstant(updatedAt) }
}

