import type { Appended } from '../events/append.js'
import type { NewEvent, StoredEvent } from '../events/event.js'

/**
 * Events that whoever dispatches has just appended, in the order of their streams, and where these ended before. Of a
 * stream whose cursor is not behind that end, nothing else comes before the last of these.
 */
export interface JustAppended { events: readonly (StoredEvent & { onlyEndpointId: number | null })[]; lastIdsBefore: ReadonlyMap<number, number> }

export const nothingAppended: JustAppended = { events: [], lastIdsBefore: new Map() }

/** What an append has brought, as the streams have it now; what was not appended is not among it. */
export function justAppended(events: readonly NewEvent[], { results, lastIdsBefore }: { results: readonly Appended[]; lastIdsBefore: ReadonlyMap<number, number> }): JustAppended {
  const stored = events.flatMap((event, i) => {
    const result = results[i]
    if (result?.kind !== 'appended') return []
    return [{ id: result.id, organizationId: event.organizationId, type: event.type, data: event.data, givenId: event.givenId ?? null, occurredAt: event.occurredAt, createdAt: event.createdAt, onlyEndpointId: event.onlyEndpointId ?? null }]
  })
  return { events: stored, lastIdsBefore }
}

/** Both one after the other. Of a stream in which somebody else has appended in between neither is of use any more. */
export function followedBy(earlier: JustAppended, later: JustAppended): JustAppended {
  if (earlier.events.length === 0) return later
  const lastIds = new Map(earlier.events.map((event) => [event.organizationId, event.id]))
  const lastIdsBefore = new Map(earlier.lastIdsBefore)
  const broken = new Set<number>()
  for (const [id, before] of later.lastIdsBefore) {
    const known = lastIds.get(id)
    if (known === undefined) lastIdsBefore.set(id, before)
    else if (known !== before) broken.add(id)
  }
  for (const id of broken) lastIdsBefore.delete(id)
  const events = [...earlier.events, ...later.events]
  return { events: broken.size === 0 ? events : events.filter((event) => !broken.has(event.organizationId)), lastIdsBefore }
}
