import pg from 'pg'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { sql } from '../storage/sql.js'
import { onPostgres } from '../testing/each-database.js'
import { withClient } from '../testing/postgres-setup.js'

onPostgres('posthorn.publish', (db) => {
  let app: pg.Client
  beforeEach(async () => {
    app = new pg.Client({ connectionString: db.path })
    await app.connect()
  })
  afterEach(() => app.end())

  const publish = async (...parameters: unknown[]): Promise<string> => {
    const { rows } = await app.query<{ id: string }>(`select posthorn.publish(${parameters.map((_, i) => `$${i + 1}`).join(', ')}) as id`, parameters)
    return rows[0]?.id as string
  }
  const inOutbox = () => db.all(sql`select organization, type, data, key, origin, occurred_at from outbox order by id`)

  test("keeps the publisher's own text, to the byte", async () => {
    const text = String.raw`{"n": [1.0,12345678901234567890, -0, 1e400],  "s": "\u0000\ud800 \u00e9 é 😀 \/", "n": 1}`
    await publish('acme', 'order.created', `\n ${text}\t`)
    expect(await inOutbox()).toMatchObject([{ organization: 'acme', type: 'order.created', data: text, origin: 1, occurred_at: null }])
  })

  test('gives the id that was brought, or one of its own; those sort by age', async () => {
    expect(await publish('acme', 'order.created', '{}', 'mine_1-A')).toBe('mine_1-A')
    const first = await publish('acme', 'order.created', '{}')
    await new Promise((resolve) => setTimeout(resolve, 2))
    const second = await publish('acme', 'order.created', '{}')
    expect(first).toMatch(/^evt_[0-9a-f]{24}$/)
    expect(second > first).toBe(true)
    expect(await inOutbox()).toMatchObject([{ key: 'mine_1-A' }, { key: first }, { key: second }])
  })

  test('takes its parameters by name, and an instant to the millisecond', async () => {
    await app.query(`select posthorn.publish('acme', 'order.created', data => 'null', occurred_at => '2026-01-15 13:00:00.1239+01')`)
    await app.query(`select posthorn.publish('acme', 'order.created', 'null', occurred_at => '1969-12-31 23:59:59.9999Z')`)
    expect(await inOutbox()).toMatchObject([{ data: 'null', occurred_at: Date.UTC(2026, 0, 15, 12, 0, 0, 123) }, { occurred_at: -1 }])
  })

  test('nests 64 levels at most; brackets within strings are none', async () => {
    // Of what jsonb can hold, and of what it cannot.
    for (const leaf of ['1', String.raw`"\u0000"`, '1e200000', String.raw`"\ud800"`]) {
      const nested = (levels: number): string => Array.from({ length: levels }, (_, i) => i % 2 === 0 ? '{"a\\"[":' : '[').join('') + leaf + Array.from({ length: levels }, (_, i) => (levels - 1 - i) % 2 === 0 ? '}' : ']').join('')
      await publish('acme', 'order.created', nested(64))
      await publish('acme', 'order.created', `[${leaf}, ${JSON.stringify(['['.repeat(200), '\\', '{'.repeat(200)])}]`)
      await publish('acme', 'order.created', `[${leaf}, ${JSON.stringify(Array.from({ length: 500 }, (_, n) => ({ n: [n] })))}]`)
      for (const tooDeep of [nested(65), `[${leaf},${'['.repeat(64)}${']'.repeat(64)}]`, `[${leaf},${'{"[":'.repeat(63)}{}${'}'.repeat(63)}]`]) {
        await expect(publish('acme', 'order.created', tooDeep)).rejects.toMatchObject({ message: 'data nests more than 64 levels deep.', detail: 'too_deep' })
      }
    }
    expect(await inOutbox()).toHaveLength(12)
  })

  test('refuses what no stream could take, and says what to do', async () => {
    const refusals: [unknown[], string, string][] = [
      [[null, 'order.created', '{}'], 'not_found', 'null is not the id of an organization.'],
      [['a b"', 'order.created', '{}'], 'not_found', '"a b\\"" is not the id of an organization.'],
      [['acme', 'order..created', '{}'], 'invalid_event_type', '"order..created" is not an event type.'],
      [['acme', 'order.created\n', '{}'], 'invalid_event_type', '"order.created\\n" is not an event type.'],
      [['acme', 'ä', '{}'], 'invalid_event_type', '"ä" is not an event type.'],
      [['acme', 'a'.repeat(129), '{}'], 'invalid_event_type', `"${'a'.repeat(129)}" is not an event type.`],
      [['acme', 'posthorn.endpoint.disabled', '{}'], 'invalid_event_type', '"posthorn.endpoint.disabled" is a type of Posthorn\'s own alerts.'],
      [['acme', 'order.created', null], 'invalid_request', 'data is null.'],
      [['acme', 'order.created', `"${'é'.repeat(131_072)}"`], 'too_large', 'data has 262146 bytes; 262144 are allowed.'],
      [['acme', 'order.created', '{}', 'a.b'], 'invalid_event_id', '"a.b" is not an event id.'],
      [['acme', 'order.created', '{}', ''], 'invalid_event_id', '"" is not an event id.'],
      [['acme', 'order.created', '{}', null, 'infinity'], 'invalid_request', 'occurred_at is infinity, which is not in the years 1 to 9999.'],
    ]
    for (const [parameters, detail, message] of refusals) await expect(publish(...parameters)).rejects.toMatchObject({ message, detail, hint: expect.stringMatching(/\w/) as unknown })
    await expect(publish('acme', 'order.created', '{"a":}')).rejects.toMatchObject({ code: '22P02' })
    expect(await inOutbox()).toEqual([])
  })

  test('needs no more than the right to call it, and cannot be led astray by what the caller puts in its way', async () => {
    const role = `shop_${process.pid}`
    try {
      await app.query(`create role ${role}; grant usage on schema posthorn to ${role}`)
      await app.query('begin')
      await app.query(`set local role ${role}`)
      await expect(app.query(`select posthorn.publish('acme', 'order.created', '{}')`)).rejects.toMatchObject({ code: '42501' })
      await app.query('rollback')
      await app.query(`grant execute on function posthorn.publish to ${role}`)
      await app.query(`create schema astray; grant all on schema astray to ${role}; set role ${role}`)
      await app.query(`create function astray.btrim(text, text) returns text language sql as $$ select 'stolen' $$; create temp table outbox (organization text); set search_path = astray, pg_temp, pg_catalog, posthorn`)
      await app.query(`select posthorn.publish('acme', 'order.created', '{}')`)
      for (const statement of ['select * from posthorn.outbox', `insert into posthorn.outbox (organization) values ('acme')`, 'select * from posthorn.organizations']) await expect(app.query(statement)).rejects.toMatchObject({ code: '42501' })
      expect(await inOutbox()).toMatchObject([{ data: '{}' }])
    } finally {
      await withClient(db.path, (client) => client.query(`drop schema if exists astray cascade; drop owned by ${role}; drop role ${role}`))
    }
  })
})
