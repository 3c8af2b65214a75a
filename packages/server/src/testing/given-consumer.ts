import { consume, dueConsumers } from '../consumers/consume.js'
import { defaultPlans, type Plans } from '../billing/plans.js'
import { sql } from '../storage/sql.js'
import { givenEvent, givenOrganization } from './given.js'
import type { ConsumerName } from '../consumers/consumer-names.js'
import type { TestDatabase } from './each-database.js'

/** An organization with these consumers, which begin with its first event. */
export async function givenConsumers(db: TestDatabase, names: readonly ConsumerName[], publicId = 'acme'): Promise<number> {
  const id = await givenOrganization(db, publicId)
  for (const name of names) await db.run(sql`insert into consumers (name, organization_id, read_id) values (${name}, ${id}, 0)`)
  return id
}

/** Lets the consumers go on until nothing is due. */
export async function consumeAll(db: TestDatabase, { plans = defaultPlans, limit = 200 }: { plans?: Plans; limit?: number } = {}): Promise<void> {
  for (;;) {
    const cursors = await dueConsumers(db, { organizations: undefined, limit: 50 })
    if (cursors.length === 0) return
    await consume(db, { cursors, limit, at: db.clock.now(), settings: { plans } })
  }
}

/** Appends what a provider told, lets the consumers take it in, and gives what they published meanwhile. */
export async function tell(db: TestDatabase, organizationId: number, ...events: readonly { type: string; data: unknown }[]): Promise<{ type: string; data: { [field: string]: unknown } }[]> {
  const before = await db.first<{ id: number | null }>(sql`select max(id) as id from events`)
  for (const { type, data } of events) await givenEvent(db, organizationId, { type, data: typeof data === 'string' ? data : JSON.stringify(data), origin: 3 })
  await consumeAll(db)
  return publishedBy(db, organizationId, before?.id ?? 0)
}

/** What consumers published after an event, alerts included. */
export async function publishedBy(db: TestDatabase, organizationId: number, after = 0): Promise<{ type: string; data: { [field: string]: unknown } }[]> {
  const rows = await db.all<{ type: string; data: string }>(sql`select type, data from events where organization_id = ${organizationId} and id > ${after} and origin in (4, 5) order by id`)
  return rows.map((row) => ({ type: row.type, data: JSON.parse(row.data) }))
}
