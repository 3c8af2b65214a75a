import type { NodeRequest } from '../receive/arriving-request.js'
import type { WebhookHandlerOptions } from '../receive/handler-options.js'
import { createWebhookHandler } from '../receive/webhook-handler.js'
import type { Schemas } from '../receive/webhook-event.js'
import type { SchemeName } from '../scheme-name.js'

/** What is used of a Fastify instance. */
export interface FastifyLike {
  removeAllContentTypeParsers(): unknown
  addContentTypeParser(type: string, options: { parseAs: 'buffer' }, parse: (request: never, body: Buffer, done: (error: Error | null, body?: unknown) => void) => void): unknown
  route(options: { method: ('GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE')[]; url: string; bodyLimit: number; handler: (request: FastifyRequestLike, reply: FastifyReplyLike) => Promise<unknown> }): unknown
}

export interface FastifyRequestLike {
  readonly raw: NodeRequest
  readonly body: unknown
}

export interface FastifyReplyLike {
  code(status: number): FastifyReplyLike
  headers(headers: Record<string, string>): FastifyReplyLike
  send(body: string): unknown
}

/**
 * `app.register(fastifyWebhook('/webhooks/…', { … }))`. The route lives in a scope of its own, whose only body parser
 * hands over the bytes; the parsers of the rest of the app stay as they are.
 */
export function fastifyWebhook<const Scheme extends SchemeName | undefined = undefined, Own extends Schemas = {}>(url: string, options: WebhookHandlerOptions<Scheme, Own>) {
  const handler = createWebhookHandler<Scheme, Own>(options)
  return async (app: FastifyLike): Promise<void> => {
    app.removeAllContentTypeParsers()
    app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
    app.route({
      method: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
      url,
      bodyLimit: options.maxBodyBytes ?? 5 * 1024 * 1024,
      async handler(request, reply) {
        const { status, headers, body } = await handler.answer(withBody(request))
        return reply.code(status).headers(headers).send(body)
      },
    })
  }
}

/** Node's request, with the bytes that Fastify has read beside it; no body at all is an empty one. */
function withBody({ raw, body }: FastifyRequestLike): NodeRequest {
  const { method, url, headers, rawHeaders } = raw
  return { method, url, headers, rawHeaders, body: body instanceof Uint8Array ? body : new Uint8Array(0), [Symbol.asyncIterator]: () => raw[Symbol.asyncIterator]() }
}
