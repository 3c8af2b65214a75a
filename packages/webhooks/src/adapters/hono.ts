import type { HonoRequest } from '../receive/arriving-request.js'
import type { Platform, WebhookHandlerOptions } from '../receive/handler-options.js'
import { createWebhookHandler } from '../receive/webhook-handler.js'
import type { Schemas } from '../receive/webhook-event.js'
import type { SchemeName } from '../scheme-name.js'

/** What is used of Hono's `Context`. */
export interface HonoContext {
  readonly req: HonoRequest
  /** A getter that throws where the platform has none. */
  readonly executionCtx: Required<Platform>
}

/** `app.post('/webhooks/…', honoWebhook({ … }))` */
export function honoWebhook<const Scheme extends SchemeName | undefined = undefined, Own extends Schemas = {}>(options: WebhookHandlerOptions<Scheme, Own>) {
  const handler = createWebhookHandler<Scheme, Own>(options)
  return (context: HonoContext): Promise<Response> => handler.handle(context.req, platformOf(context))
}

function platformOf(context: HonoContext): Platform | undefined {
  try {
    const { executionCtx } = context
    return { waitUntil: (work) => executionCtx.waitUntil(work) }
  } catch {
    return undefined // not on Workers: there the process goes on by itself
  }
}
