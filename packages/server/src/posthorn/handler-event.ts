import { formatInstant } from '../events/instant.js'
import { eventId } from '../ids/public-id.js'
import type { HandledEvent } from '../consumers/take-stretch.js'

/** An event as an application's handler gets it. */
export interface PosthornEvent<Data = unknown> {
  /** The same on every try: by it a handler knows what it has done already. */
  readonly id: string
  readonly type: string
  readonly organizationId: string
  readonly occurredAt: string
  readonly data: Data
  /** The data as it was written: numbers that JavaScript cannot hold are exact here. */
  readonly text: string
}

export function asPosthornEvent({ id, givenId, type, organization, occurredAt, data }: HandledEvent): PosthornEvent {
  return { id: givenId ?? eventId(id), type, organizationId: organization, occurredAt: formatInstant(occurredAt), data: JSON.parse(data) as unknown, text: data }
}
