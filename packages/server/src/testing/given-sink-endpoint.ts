import { sql } from '../storage/sql.js'
import { sealedTestSecret } from './running-node.js'
import type { TestDatabase } from './each-database.js'

/** An endpoint on the sink that the sender can sign for. */
export async function givenSinkEndpoint(db: TestDatabase, organizationId: number, organization: string, url: string, columns: { eventTypes?: string[]; ordered?: number; retryPolicy?: string; rate?: number; timeoutMs?: number; format?: string; secret?: string; previousSecret?: string } = {}): Promise<number> {
  const row = await db.first<{ id: number }>(sql`
    insert into endpoints (organization_id, url, event_types, secrets, state, from_id, created_at, updated_at, ordered, retry_policy, rate_per_second, timeout_ms, format)
    values (${organizationId}, ${url}, ${JSON.stringify(columns.eventTypes ?? ['*'])}, ${sealedTestSecret(organization, columns.secret, columns.previousSecret)}, 0, 0, ${db.now}, ${db.now}, ${columns.ordered ?? 0}, ${columns.retryPolicy ?? null}, ${columns.rate ?? null}, ${columns.timeoutMs ?? null}, ${columns.format ?? null}) returning id`)
  const { id } = row as { id: number }
  await db.run(sql`insert into lanes (endpoint_id, organization_id) values (${id}, ${organizationId})`)
  await db.run(sql`update cursors set endpoints_version = endpoints_version + 1 where organization_id = ${organizationId}`)
  return id
}

/** The states of all deliveries, in the order of the stream. */
export async function deliveryStatesOf(db: TestDatabase): Promise<number[]> {
  return (await db.all<{ state: number }>(sql`select state from deliveries order by event_id, endpoint_id`)).map((row) => row.state)
}

/** Waits until a condition of the database holds. */
export async function eventually(check: () => Promise<void>, withinMs = 5_000): Promise<void> {
  const until = performance.now() + withinMs
  for (;;) {
    try { return await check() } catch (error) {
      if (performance.now() > until) throw error
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
  }
}

/** Changes endpoints as the API does: their version, what dispatch knows of them, and their lanes' mark, together. */
export async function changeEndpoints(db: TestDatabase, state: number): Promise<void> {
  await db.transaction(async (tx) => {
    await tx.run(sql`update endpoints set state = ${state}, version = version + 1`)
    await tx.run(sql`update cursors set endpoints_version = endpoints_version + 1`)
    await tx.run(sql`update lanes set wake_at = ${tx.now}`)
  })
}
