import type { WebhookHandlerOptions, Platform } from '../receive/handler-options.js'
import { createWebhookHandler } from '../receive/webhook-handler.js'
import type { Schemas } from '../receive/webhook-event.js'
import type { SchemeName } from '../scheme-name.js'

/** `Request` in, `Response` out: Bun, Deno, SvelteKit, Remix, and Workers, whose context is understood as the last argument. */
export function fetchWebhook<const Scheme extends SchemeName | undefined = undefined, Own extends Schemas = {}>(options: WebhookHandlerOptions<Scheme, Own>) {
  const handler = createWebhookHandler<Scheme, Own>(options)
  return (request: Request, ...rest: unknown[]): Promise<Response> => handler.handle(request, platformIn(rest))
}

/** Workers pass `(request, env, context)`, Deno and Bun other things; whoever has `waitUntil` is meant. */
function platformIn(rest: readonly unknown[]): Platform | undefined {
  const context = rest.find((each): each is Required<Platform> => typeof (each as Platform | undefined)?.waitUntil === 'function')
  return context && { waitUntil: (work) => context.waitUntil(work) }
}
