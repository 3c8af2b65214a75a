import type { NodeRequest } from '../receive/arriving-request.js'
import type { WebhookHandlerOptions } from '../receive/handler-options.js'
import type { NodeResponse } from '../receive/node-answer.js'
import { createWebhookHandler } from '../receive/webhook-handler.js'
import type { Schemas } from '../receive/webhook-event.js'
import type { SchemeName } from '../scheme-name.js'

/** For `node:http`: `http.createServer(nodeWebhook({ … }))`, or called from a router of one's own. Also for Next's pages, with their body parser off. */
export function nodeWebhook<const Scheme extends SchemeName | undefined = undefined, Own extends Schemas = {}>(options: WebhookHandlerOptions<Scheme, Own>) {
  const handler = createWebhookHandler<Scheme, Own>(options)
  return (request: NodeRequest, response: NodeResponse): Promise<void> => handler.handle(request, response)
}
