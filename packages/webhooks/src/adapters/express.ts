import type { NodeRequest } from '../receive/arriving-request.js'
import type { WebhookHandlerOptions } from '../receive/handler-options.js'
import type { NodeResponse } from '../receive/node-answer.js'
import { createWebhookHandler } from '../receive/webhook-handler.js'
import type { Schemas } from '../receive/webhook-event.js'
import type { SchemeName } from '../scheme-name.js'

/**
 * `app.post('/webhooks/…', expressWebhook({ … }))`, above `app.use(express.json())`. It reads the bytes itself;
 * `express.raw()` before it does no harm.
 */
export function expressWebhook<const Scheme extends SchemeName | undefined = undefined, Own extends Schemas = {}>(options: WebhookHandlerOptions<Scheme, Own>) {
  const handler = createWebhookHandler<Scheme, Own>(options)
  return (request: NodeRequest, response: NodeResponse, next: (error?: unknown) => void): void => {
    handler.handle(request, response).catch(next)
  }
}
