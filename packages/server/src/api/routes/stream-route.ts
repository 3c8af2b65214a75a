import { z } from '@hono/zod-openapi'
import { formatInstant } from '../../events/instant.js'
import { origins, type OriginName } from '../../events/event.js'
import { Problem } from '../../problems/problem.js'
import { verdicts } from '../../receipts/receipt.js'
import { StreamBody } from '../../stream/stream-body.js'
import { subscriberLimits } from '../../stream/subscriber.js'
import { check } from '../operation.js'
import type { StreamMessage } from '../../stream/stream-message.js'
import type { Access, Gate } from '../../access/gate.js'
import type { Operation } from '../operation.js'

const instant = z.iso.datetime()

const streamMessage = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('connected'), organization: z.string().nullable(), at: instant }),
  z.object({ kind: z.literal('event'), organization: z.string(), id: z.string(), type: z.string(), origin: z.enum(Object.keys(origins) as [OriginName]), createdAt: instant, receiptId: z.string().nullable() }),
  z.object({
    kind: z.literal('attempt'), organization: z.string(), deliveryId: z.string(), endpointId: z.string(), eventId: z.string(), eventType: z.string(), number: z.number().int(),
    status: z.number().int().nullable(), errorClass: z.string().nullable(), durationMs: z.number(), state: z.enum(['retrying', 'succeeded', 'dead']),
  }),
  z.object({ kind: z.literal('receipt'), organization: z.string().nullable(), id: z.string(), source: z.string(), provider: z.string(), verdict: z.enum(verdicts), code: z.string().nullable(), type: z.string().nullable(), receivedAt: instant }),
  z.object({ kind: z.literal('missed'), events: z.number().int(), attempts: z.number().int(), receipts: z.number().int() }),
]).openapi('StreamMessage', { description: 'The data of a message; its `event` is the `kind`. "connected" comes first; "missed" counts what was too much to be told.' })

const query = z.strictObject({ organization: z.string().max(64).optional().openapi({ description: 'Only of this organization. An organization\'s key sees no other.' }) })

/** How often a silent connection is told that it lives, and its key is asked for again. */
const heartbeatMs = 15_000

/**
 * `GET /v1/stream`: what happens, as it happens, as server-sent events. For live views: it is bounded, may be incomplete,
 * and tells what this process does.
 */
const stream: Operation = {
  mount(app, { gate, announcer, clock }) {
    app.openAPIRegistry.registerPath({
      method: 'get', path: '/v1/stream', tags: ['Stream'], summary: 'Tells of new events, attempts and receipts as they happen (server-sent events). It may be incomplete.',
      description: 'Needs the scope `webhooks:read`.', security: [{ key: [] }], request: { query },
      responses: { 200: { description: 'Messages until one side ends them.', content: { 'text/event-stream': { schema: streamMessage } } } },
    })
    app.get('/v1/stream', async (c) => {
      const access = await gate.admit(c.req.raw)
      const organization = await organizationOf(access, check(query, c.req.query()).organization, gate)
      if (announcer === undefined || announcer.isFull) throw new Problem('overloaded', 'Too many listen already.', { retryAfterSeconds: 10 })

      const body = new StreamBody({
        maxWaitingBytes: subscriberLimits.maxWaitingBytes,
        ended() {
          clearInterval(heartbeat)
          unsubscribe()
        },
      })
      const unsubscribe = announcer.subscribe({ organization, hearsReceipts: access.kind === 'admin', send: (message) => body.send(textOf(message)) })
      // A key that was revoked, or a session that is over, hears no more.
      const heartbeat = setInterval(() => void gate.admit(c.req.raw).then(() => body.send(':\n\n'), () => body.end()), heartbeatMs).unref()
      body.send(textOf({ kind: 'connected', organization: organization ?? null, at: formatInstant(clock.now()) }))
      return new Response(body.readable, { headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' } })
    })
  },
}

export const streamOperations: Operation[] = [stream]

/** Whose events are heard: the admin hears all unless it names one. */
async function organizationOf(access: Access, wanted: string | undefined, gate: Gate): Promise<string | undefined> {
  const organization = wanted ?? (access.kind === 'organization' ? access.organization : undefined)
  if (organization !== undefined) await gate.organization(access, organization, 'webhooks:read')
  return organization
}

function textOf(message: StreamMessage): string {
  return `event: ${message.kind}\ndata: ${JSON.stringify(message)}\n\n`
}
