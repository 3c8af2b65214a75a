import type { JsonSchema } from './json-schema.js'

/** A named set of event types that one system sends, and the defaults of an organization that names it. */
export type Catalog = {
  readonly name: CatalogName
  readonly title: string
  readonly description: string
  readonly defaultFormat: string
  readonly defaultRetryPolicy: string
  readonly defaultEventTypePolicy: EventTypePolicy
  readonly types: readonly CatalogType[]
}

export type CatalogType = {
  readonly type: string
  readonly description: string
  /** What the event's `data` looks like. */
  readonly schema: JsonSchema
  /** A `data` that satisfies the schema; where the system's document prints a payload, it is that one. */
  readonly example: Json
}

/** What happens to a published event whose type the organization's catalog does not list. */
export type EventTypePolicy = 'off' | 'warn' | 'reject'

export type CatalogName = (typeof catalogNames)[number]

export const catalogNames = ['bare-commerce', 'bear-billing', 'devsphere', 'better-data', 'commerce-gateway'] as const

export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json }
