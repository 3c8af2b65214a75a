import type { SchemeName } from '../scheme-name.js'
import type { Item } from '../verdict.js'
import type { OutputOf, StandardSchema } from './standard-schema.js'

/** One event as a handler hands it over. */
export interface WebhookEvent<Type extends string = string, Data = unknown> {
  type: Type
  /** The sender's id of it; undefined where the sender gives none. */
  id: string | undefined
  provider: SchemeName
  data: Data
  /** The whole body as it was sent. */
  original: unknown
  /** Where one request carries many events. */
  items?: Item[]
}

export interface InventoryChange {
  /** Shopify's `inventory_item_id`, Square's `catalog_object_id`. */
  productId: string
  available: number
  locationId?: string
}

export interface OrderCreated {
  orderId: string
  /** From the order's note attribute or metadata `sessionId` or `session_id`. */
  sessionId?: string
}

export interface ProductChange {
  /** Undefined when the sender does not say which (Square tells only that the catalog changed). */
  productId?: string
  /** Square: everything that changed since then is to be fetched. */
  changedSince?: string
}

export interface CheckoutCompleted {
  orderId: string
  sessionId?: string
}

/** What Shopify, Square and Better Data send, under the names of the Commerce Gateway; everything else under the sender's own. */
export type GatewayEvent =
  | WebhookEvent<'inventory.updated', InventoryChange>
  | WebhookEvent<'order.created', OrderCreated>
  | WebhookEvent<'product.created' | 'product.updated' | 'product.deleted', ProductChange>
  | WebhookEvent<'checkout.completed', CheckoutCompleted>
  | WebhookEvent<`shopify.${string}` | `square.${string}` | `better-data.${string}`>

/** A resource as the documents print it: an id, and fields that they leave open. */
export interface Resource {
  id: string
  [field: string]: unknown
}

/** An order as BareCommerce prints it. */
export interface BareCommerceOrder {
  id: string
  orderNumber: string
  customerId: string
  total: string
  status: string
  paymentStatus: string
  items: Record<string, unknown>[]
  shippingAddress: Record<string, unknown>
}

export type BareCommerceEvent =
  | WebhookEvent<`order.${'created' | 'updated' | 'paid' | 'fulfilled' | 'cancelled' | 'refunded'}`, BareCommerceOrder>
  | WebhookEvent<`${'product' | 'customer' | 'page' | 'category' | 'media'}.${'created' | 'updated' | 'deleted'}`, Resource>

export interface BearBillingSubscription {
  id: string
  organization_id: string
  plan_id: string
  status: string
  billing_cycle: string
  current_period_start: string
  current_period_end: string
}

export interface BearBillingInvoice {
  id: string
  subscription_id: string
  amount: number
  currency: string
  status: string
  paid_at?: string
}

export type BearBillingEvent =
  | WebhookEvent<`subscription.${'created' | 'updated' | 'cancelled'}`, BearBillingSubscription>
  | WebhookEvent<`invoice.${'created' | 'paid' | 'payment_failed'}`, BearBillingInvoice>
  | WebhookEvent<'usage.recorded', Record<string, unknown>>

export type DevsphereEvent = WebhookEvent<
  | 'lead_won' | 'lead_lost' | 'proposal_accepted' | 'meeting.booked' | 'invoice.paid' | 'payment_failed' | 'project.completed'
  | 'task.completed' | 'client.created' | 'billing.suspended' | 'survey.submitted', Record<string, unknown>>

export type StripeEvent = WebhookEvent<string, { object: Record<string, unknown>; previous_attributes?: Record<string, unknown> }>

/** The events of a scheme; `undefined` stands for the gateway's three senders. */
export type EventOf<Scheme extends SchemeName | undefined> =
  [Scheme] extends [undefined] ? GatewayEvent
    : Scheme extends 'bare-commerce' ? BareCommerceEvent
      : Scheme extends 'bear-billing' ? BearBillingEvent
        : Scheme extends 'devsphere' ? DevsphereEvent
          : Scheme extends 'stripe' ? StripeEvent
            : WebhookEvent

export type Schemas = Readonly<Record<string, StandardSchema>>

/** The events of one's own, as their schemas describe them. */
export type SchemaEvents<Own extends Schemas> = { [Type in keyof Own & string]: WebhookEvent<Type, OutputOf<Own[Type]>> }[keyof Own & string]

/** With schemas for a sender that has no catalog, the schemas are the catalog. */
export type EventsOf<Scheme extends SchemeName | undefined, Own extends Schemas> =
  [keyof Own] extends [never] ? EventOf<Scheme>
    : string extends EventOf<Scheme>['type'] ? SchemaEvents<Own>
      : Exclude<EventOf<Scheme>, { type: keyof Own }> | SchemaEvents<Own>

/** The types that callbacks can be named for. */
export type TypesOf<Scheme extends SchemeName | undefined, Own extends Schemas> =
  string extends EventOf<Scheme>['type'] ? ([keyof Own] extends [never] ? string : keyof Own & string) : EventOf<Scheme>['type'] | (keyof Own & string)

/** The event with this type. */
export type EventNamed<Event extends { type: string }, Type extends string> = Event extends { type: infer Some } ? Type extends Some ? Event & { type: Type } : never : never
