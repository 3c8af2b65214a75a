import { OpenAPIHono } from '@hono/zod-openapi'
import { mountSession } from '../dashboard/session-routes.js'
import { Sessions } from '../dashboard/sessions.js'
import { roles } from '../config/roles.js'
import { FormatBook } from '../formats/format-book.js'
import { Problem } from '../problems/problem.js'
import { Gate } from '../access/gate.js'
import { billingOperations } from './routes/billing-routes.js'
import { configurationOperations } from './routes/configuration-routes.js'
import { consumersOperations } from './routes/consumers-routes.js'
import { deadLettersOperations } from './routes/dead-letters-routes.js'
import { deliveriesOperations } from './routes/deliveries-routes.js'
import { endpointsOperations } from './routes/endpoints-routes.js'
import { mountDocs } from './docs-page/docs-page.js'
import { eventsOperations } from './routes/events-routes.js'
import { endpointUrlOperations } from './routes/endpoint-url-routes.js'
import { eventTypesOperations } from './routes/event-types-routes.js'
import { formatsOperations } from './routes/formats-routes.js'
import { mountHealth } from './routes/health-routes.js'
import { mountInbound } from './inbound.js'
import { inventoryOperations } from './routes/inventory-routes.js'
import { keysOperations } from './routes/keys-routes.js'
import { makeInbound } from './make-inbound.js'
import { mountOpenApi } from './openapi/openapi.js'
import { ordersOperations } from './routes/orders-routes.js'
import { overviewOperations } from './routes/overview-routes.js'
import { organizationsOperations } from './routes/organizations-routes.js'
import { publishOnNode, publishOperations } from './routes/publish-routes.js'
import { receiptsOperations } from './routes/receipts-routes.js'
import { replaysOperations } from './routes/replays-routes.js'
import { samplesOperations } from './routes/samples-routes.js'
import { sourcesOperations } from './routes/sources-routes.js'
import { streamOperations } from './routes/stream-route.js'
import { asProblem, problemResponse } from './problem-response.js'
import { methodsOf } from './known-paths.js'
import type { NodeHandler } from './http-server.js'
import type { ApiSurroundings, Surroundings } from './surroundings.js'

/**
 * The HTTP API. Each noun has a file that exports a list of operations, and is one line of `operations` below:
 *
 * ```ts
 * export const deliveriesOperations = [
 *   operation({
 *     method: 'get',
 *     path: '/v1/organizations/{org}/deliveries',
 *     summary: "Lists an organization's deliveries.",
 *     tag: 'Deliveries',
 *     scope: 'webhooks:read',
 *     query: z.strictObject({ ...pageQuery, endpointId: z.string().optional() }),
 *     answers: { 200: pageSchema(deliverySchema) },
 *     async handle({ organization, query }, { engine }) {
 *       const after = parseCursor(query.after, …)
 *       const found = await engine.store.query('listDeliveries', { organizationId: organization.id, after, limit: query.limit + 1 })
 *       return { status: 200, body: page(found, query.limit, showDelivery, (delivery) => …) }
 *     },
 *   }),
 * ]
 * ```
 *
 * When `handle` begins, the key has been recognized, its scope and the organization in the path are settled, and query
 * and body have passed their schemas (`z.strictObject`, so that unknown fields are refused by name; a `body` is a JSON
 * object of at most 512 KiB). What the caller must change is thrown as a Problem; an object that is not there as
 * `notFound()`. A POST that changes something passes `claim` on to its command, which is wrapped in `once`, and so an
 * Idempotency-Key holds. After a change of endpoints, replays or deliveries: `engine.wake()`; of keys or organizations:
 * `gate.forget()`. Answers are plain values; instants are shown by `formatInstant`.
 *
 * No middleware: one that touches an answer costs more than the whole way to the database.
 */
export function createApp(given: Surroundings): OpenAPIHono {
  return createApi(given).app
}

/** The API with its shorter way in: `onNode` is for the HTTP server to ask first. */
export function createApi(given: Surroundings): { app: OpenAPIHono; onNode: NodeHandler } {
  const app = new OpenAPIHono()
  const sessions = new Sessions({ vault: given.vault, now: () => given.clock.now(), publicUrl: given.inbound?.publicUrl })
  const surroundings: ApiSurroundings = { ...given, formatBook: given.formatBook ?? new FormatBook(), gate: new Gate({ store: given.engine.store, adminKeyHash: given.adminKeyHash, now: () => given.clock.now(), sessions, wakeup: given.wakeup }), inboundSide: makeInbound(given, given.inbound ?? { builtIn: [], publicUrl: undefined }) }

  for (const operation of operations) operation.mount(app, surroundings)
  mountInbound(app, surroundings.inboundSide)
  mountHealth(app, { store: given.engine.store, roles: given.settings.roles ?? roles, metrics: given.metrics })
  mountSession(app, { gate: surroundings.gate, sessions })
  mountOpenApi(app, surroundings.settings.version)
  mountDocs(app, surroundings.settings.version)

  app.onError((error) => problemResponse(asProblem(error, given.log)))
  app.notFound((c) => {
    const methods = methodsOf(app, c.req.path)
    if (methods.length === 0) return problemResponse(new Problem('not_found', `There is nothing at ${c.req.path.slice(0, 200)}.`, { fix: 'See /openapi.json for the paths of this API.' }))
    const allow = { allow: [...methods, 'OPTIONS'].join(', ') }
    if (c.req.method === 'OPTIONS') return new Response(null, { status: 204, headers: allow })
    return problemResponse(new Problem('method_not_allowed', `${c.req.method} is not possible here; ${methods.join(', ')} is.`), allow)
  })
  return { app, onNode: publishOnNode(surroundings) }
}

const operations = [...organizationsOperations, ...endpointsOperations, ...publishOperations, ...eventsOperations, ...deliveriesOperations, ...deadLettersOperations, ...replaysOperations, ...keysOperations, ...sourcesOperations, ...receiptsOperations, ...billingOperations, ...ordersOperations, ...inventoryOperations, ...consumersOperations, ...streamOperations, ...overviewOperations, ...eventTypesOperations, ...endpointUrlOperations, ...configurationOperations, ...formatsOperations, ...samplesOperations]
