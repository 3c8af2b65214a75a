import { catalogNamed } from '../catalogs/catalogs.js'
import { compileSubscriptions } from '../event-types/event-type.js'

/** What a test event says: the catalog's example of the type asked for, or of the first that the endpoint subscribes to. */
export function testEvent({ catalog, eventTypes, eventType }: { catalog: string | null; eventTypes: readonly string[]; eventType: string | undefined }): { type: string; data: string } {
  const types = catalog === null ? [] : catalogNamed(catalog)?.types ?? []
  const isSubscribed = compileSubscriptions(eventTypes)
  const listed = types.find(({ type }) => eventType === undefined ? isSubscribed(type) : type === eventType)
  if (listed !== undefined) return { type: listed.type, data: JSON.stringify(listed.example) }
  return { type: eventType ?? 'posthorn.test', data: JSON.stringify({ test: true, message: 'A test event from Posthorn.' }) }
}
