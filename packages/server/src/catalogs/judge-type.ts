import { Problem } from '../problems/problem.js'
import { catalogNamed } from './catalogs.js'
import type { EventTypePolicy } from './catalog.js'

/** A warning for a type that the organization's catalog does not list, or the refusal, as the organization wants it. */
export function judgeType(organization: { catalog: string | null; eventTypePolicy: EventTypePolicy }, type: string): string | undefined {
  if (organization.catalog === null || organization.eventTypePolicy === 'off' || typesOf(organization.catalog).has(type)) return undefined
  const detail = `"${type}" is not in the catalog "${organization.catalog}".`
  if (organization.eventTypePolicy === 'reject') throw new Problem('unknown_event_type', detail, { errors: [{ path: 'type', code: 'unknown_event_type', message: 'is not in the catalog' }] })
  return detail
}

const catalogTypes = new Map<string, ReadonlySet<string>>()

function typesOf(catalog: string): ReadonlySet<string> {
  let types = catalogTypes.get(catalog)
  if (types === undefined) catalogTypes.set(catalog, types = new Set(catalogNamed(catalog)?.types.map((listed) => listed.type)))
  return types
}
