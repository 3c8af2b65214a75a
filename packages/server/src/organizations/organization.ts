import { catalogNamed } from '../catalogs/catalogs.js'
import type { EventTypePolicy } from '../catalogs/catalog.js'
import type { ConsumerName } from '../consumers/consumer-names.js'

/** A tenant: a store, a merchant, an account. */
export interface Organization {
  /** Its row; the API tells `publicId`. */
  id: number
  publicId: string
  name: string
  catalog: string | null
  format: string
  /** What the user wrote: a name, a schedule, an exponential. */
  retryPolicy: unknown
  eventTypePolicy: EventTypePolicy
  webhookUrl: string | null
  /** Null: those that go with its catalog. */
  consumers: readonly ConsumerName[] | null
  createdAt: number
  updatedAt: number
}

/** What an organization has unless it says otherwise: what its catalog's system documents, else what the Standard Webhooks do. */
export function defaultsFor(catalogName: string | null): Pick<Organization, 'format' | 'retryPolicy' | 'eventTypePolicy'> {
  const catalog = catalogName === null ? undefined : catalogNamed(catalogName)
  if (catalog === undefined) return { format: 'standard', retryPolicy: 'standard', eventTypePolicy: 'off' }
  return { format: catalog.defaultFormat, retryPolicy: catalog.defaultRetryPolicy, eventTypePolicy: catalog.defaultEventTypePolicy }
}
