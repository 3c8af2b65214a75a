import { z } from '@hono/zod-openapi'
import { catalogNamed, catalogs } from '../../catalogs/catalogs.js'
import { operation } from '../operation.js'
import type { Catalog } from '../../catalogs/catalog.js'

const tag = 'Event types'

const catalogSchema = z.object({
  name: z.string(), title: z.string(), description: z.string(),
  defaultFormat: z.string(), defaultRetryPolicy: z.string(), defaultEventTypePolicy: z.string(),
  types: z.array(z.object({
    type: z.string(), description: z.string(),
    schema: z.looseObject({}).openapi({ description: 'A JSON Schema of the data.' }),
    example: z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(z.unknown()), z.record(z.string(), z.unknown())]).openapi({ description: 'Data that satisfies the schema.' }),
  })),
}).openapi('Catalog')

const listCatalogs = operation({
  method: 'get',
  path: '/v1/catalogs',
  summary: 'Lists the catalogs that an organization may name.',
  tag,
  scope: 'admin',
  answers: { 200: z.object({ data: z.array(catalogSchema) }) },
  handle: async () => ({ status: 200, body: { data: [...catalogs.values()] } }),
})

const listEventTypes = operation({
  method: 'get',
  path: '/v1/organizations/{org}/event-types',
  summary: "Tells the organization's catalog with its event types; null where it has none and every well-formed type is taken.",
  tag,
  scope: 'webhooks:read',
  answers: { 200: z.object({ catalog: catalogSchema.nullable() }) },
  handle: async ({ organization }) => ({ status: 200, body: { catalog: catalogOf(organization.catalog) } }),
})

export const eventTypesOperations = [listCatalogs, listEventTypes]

function catalogOf(name: string | null): Catalog | null {
  return name === null ? null : catalogNamed(name) ?? null
}
