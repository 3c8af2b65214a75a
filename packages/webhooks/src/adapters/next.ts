import type { WebhookHandlerOptions } from '../receive/handler-options.js'
import { createWebhookHandler } from '../receive/webhook-handler.js'
import type { Schemas } from '../receive/webhook-event.js'
import type { SchemeName } from '../scheme-name.js'

/**
 * A route handler of Next's App Router: `export const POST = nextWebhook({ … })` in `app/…/route.ts`.
 * Give Next's `after` as `waitUntil` when work may outlive the answer.
 */
export function nextWebhook<const Scheme extends SchemeName | undefined = undefined, Own extends Schemas = {}>(options: WebhookHandlerOptions<Scheme, Own>) {
  const handler = createWebhookHandler<Scheme, Own>(options)
  // Next checks the types of what a route exports: one request, and nothing optional that it does not know.
  return (request: Request): Promise<Response> => handler.handle(request)
}
