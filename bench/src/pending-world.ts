import pg from 'pg'

/** So much that waits: pending deliveries over endpoints and organizations, the first of which has many endpoints overdue. */
export interface PendingWorld {
  pending: number
  organizations: number
  endpoints: number
  overdue: number
}

const eventsAtOnce = 50_000
const deliveriesEach = 10

/**
 * Writes it straight into the tables of an empty, migrated database, spread over today and the days for which there are
 * partitions. All lanes are free; the first organization's are overdue, those of the others are due within the next hour.
 */
export async function loadPending(url: string, world: PendingWorld, tell: (line: string) => void): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(`set search_path = posthorn; set synchronous_commit = off`)
    await client.query(`
      insert into organizations (id, public_id, name, format, retry_policy, event_type_policy, created_at, updated_at)
        select n, 'org' || n, 'org' || n, 'standard', '{"waitsMs":[0,5000]}', 'off', 0, 0 from generate_series(1, ${world.organizations}) n`)
    await client.query(`insert into streams select n, 0 from generate_series(1, ${world.organizations}) n`)
    await client.query(`insert into cursors select n, 0, 1 from generate_series(1, ${world.organizations}) n`)
    await client.query(`
      insert into endpoints (id, organization_id, url, event_types, secrets, from_id, created_at, updated_at)
        select n, ${ownerOf('n', world)}, 'https://receiver.example/' || n, '["*"]', 'sealed', 0, 0, 0 from generate_series(1, ${world.endpoints}) n`)
    await client.query(`
      insert into lanes (endpoint_id, organization_id, wake_at)
        select id, organization_id, ${now} + case when organization_id = 1 then -600000 + (id % 1000) else 1 + (random() * 3600000)::bigint end from endpoints`)

    const { rows: [found] } = await client.query<{ day: string; days: string }>(`
      select floor(extract(epoch from now()) / 86400)::bigint as day, (value::bigint >> 32) - floor(extract(epoch from now()) / 86400)::bigint as days from installation where name = 'partitioned_below'`)
    const [day, days] = [Number(found?.day), Number(found?.days)]
    const events = Math.ceil(world.pending / deliveriesEach)
    for (let first = 1; first <= events; first += eventsAtOnce) {
      const last = Math.min(events, first + eventsAtOnce - 1)
      // In the order of time: a day's events after the day's before.
      const id = `(${day} + (n::bigint * ${days} - 1) / ${events}) * 4294967296 + n`
      // Which endpoints of an event: some that follow each other, so that each has as many as the others.
      const endpoint = `1 + (n::bigint * ${deliveriesEach} + k) % ${world.endpoints}`
      await client.query(`
        insert into events (id, occurred_at, created_at, organization_id, origin, type, data)
          select ${id}, ${now}, ${now}, ${ownerOf(`1 + (n::bigint * ${deliveriesEach}) % ${world.endpoints}`, world)}, 0, 'order.created', '{"orderNumber":' || n || ',"total":"99.99","status":"paid"}'
          from generate_series(${first}, ${last}) n`)
      await client.query(`
        insert into deliveries (event_id, endpoint_id, organization_id, state, attempts, step, format, exempt, due_at, updated_at)
          select ${id}, ${endpoint}, ${ownerOf(endpoint, world)}, 1, 0, 0, 1, 0, ${now} + case when ${ownerOf(endpoint, world)} = 1 then -600000 else 3600000 end, ${now}
          from generate_series(${first}, ${last}) n cross join generate_series(0, ${deliveriesEach - 1}) k`)
      if (Math.floor(last / 500_000) > Math.floor((first - 1) / 500_000)) tell(`${(last * deliveriesEach).toLocaleString('en')} deliveries loaded`)
    }
    await client.query(`select setval('event_ids', (select max(id) from events))`)
    await client.query('vacuum analyze')
    await client.query('checkpoint')
  } finally {
    await client.end()
  }
}

/** The first organization has all that is overdue; the others share the rest. */
function ownerOf(endpoint: string, { overdue, organizations }: PendingWorld): string {
  return `(case when ${endpoint} <= ${overdue} then 1 else 2 + (${endpoint} - ${overdue} - 1) % ${organizations - 1} end)`
}

const now = 'floor(extract(epoch from statement_timestamp()) * 1000)::bigint'
