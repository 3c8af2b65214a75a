import { subscriptionsTo } from '../event-types/event-type.js'
import { parseRetryPolicy } from '../retry-policies/retry-policy.js'
import { sql } from '../storage/sql.js'
import type { Column, Database } from '../storage/database.js'

/** What dispatch needs to know of an endpoint. */
export interface Subscriber {
  id: number
  format: number
  isEnabled: boolean
  /** Events up to this one are not for it: it was not there, or not enabled. */
  fromId: number
  firstWaitMs: number
}

/** What the audience of an event depends on. */
export interface Addressed { id: number; type: string; onlyEndpointId: number | null }

/** An organization's endpoints, found by what they are subscribed to: 20,000 that want another type cost an event nothing. */
export class Audience {
  readonly #byId = new Map<number, Subscriber>()
  readonly #byPattern = new Map<string, Subscriber[]>()

  /** Each endpoint once, in the order of their ids. */
  add(subscriber: Subscriber, patterns: readonly string[]): void {
    this.#byId.set(subscriber.id, subscriber)
    for (const pattern of new Set(patterns)) {
      const others = this.#byPattern.get(pattern)
      if (others === undefined) this.#byPattern.set(pattern, [subscriber])
      else others.push(subscriber)
    }
  }

  /** Whoever gets this event, in the order of their ids. */
  of({ id, type, onlyEndpointId }: Addressed): Subscriber[] {
    if (onlyEndpointId !== null) {
      const only = this.#byId.get(onlyEndpointId)
      return only === undefined ? [] : [only]
    }
    const found = subscriptionsTo(type).flatMap((pattern) => this.#byPattern.get(pattern) ?? [])
    return [...new Set(found)].filter(({ fromId }) => id > fromId).sort((a, b) => a.id - b.id)
  }
}

/** The endpoints of each organization by the version of the whole set, which every change of an endpoint raises. */
export class Subscribers {
  readonly #byOrganization = new Map<number, { version: number; audience: Audience }>()

  /** Reads the endpoints of organizations whose version is not the one known, and gives all asked for. */
  async of(tx: Database, organizations: readonly { organization_id: number; endpoints_version: number }[]): Promise<Map<number, Audience>> {
    const stale = organizations.filter((one) => this.#byOrganization.get(one.organization_id)?.version !== one.endpoints_version)
    if (stale.length > 0) {
      const rows = await tx.all<EndpointRow>(sql`
        select e.id, e.organization_id, e.event_types, e.state, e.from_id, f.id as format, coalesce(e.retry_policy, o.retry_policy) as retry_policy
        from endpoints e
        join organizations o on o.id = e.organization_id
        join formats f on f.id = (select max(id) from formats where name = coalesce(e.format, o.format))
        where e.state < 3 and e.organization_id in (select id from ${tx.rows(stale.map((one) => [one.organization_id]), ids)} as r)
        order by e.id`)
      for (const one of stale) this.#byOrganization.set(one.organization_id, { version: one.endpoints_version, audience: new Audience() })
      for (const row of rows) this.#byOrganization.get(row.organization_id)?.audience.add(asSubscriber(row), JSON.parse(row.event_types) as string[])
    }
    return new Map(organizations.map(({ organization_id: id }) => [id, this.#byOrganization.get(id)?.audience ?? new Audience()]))
  }
}

interface EndpointRow { id: number; organization_id: number; event_types: string; state: number; from_id: number; format: number; retry_policy: string }

const ids: readonly Column[] = ['id int']

function asSubscriber(row: EndpointRow): Subscriber {
  const policy = parseRetryPolicy(JSON.parse(row.retry_policy))
  return { id: row.id, format: row.format, isEnabled: row.state === 0, fromId: row.from_id, firstWaitMs: policy.ok ? policy.waitsMs[0] ?? 0 : 0 }
}
