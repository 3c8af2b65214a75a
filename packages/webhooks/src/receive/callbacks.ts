import type { AnyOptions } from './handler-options.js'
import type { OrderCreated, WebhookEvent } from './webhook-event.js'

/** Calls everybody who wants this event, one after the other; the first failure ends it. */
export async function runCallbacks(options: AnyOptions, event: WebhookEvent, signal: AbortSignal): Promise<void> {
  const context = { event, signal }
  await options.onEvent?.(event, context)
  if (options.on && Object.hasOwn(options.on, event.type)) await options.on[event.type]!(event, context)

  const data = event.data as never
  switch (event.type) {
    case 'inventory.updated': return void await options.onInventoryChange?.(data, context)
    case 'product.created':
    case 'product.updated':
    case 'product.deleted': return void await options.onProductChange?.(data, context)
    case 'checkout.completed': return void await options.onOrderComplete?.(data, context)
    case 'order.created':
      await options.onOrderCreated?.(data, context)
      // A storefront's order is how a conversation that led there ends.
      if (event.provider !== 'better-data') await options.onOrderComplete?.(completed(event.data as OrderCreated) as never, context)
  }
}

const completed = ({ orderId, sessionId }: OrderCreated) => ({ orderId, sessionId })
