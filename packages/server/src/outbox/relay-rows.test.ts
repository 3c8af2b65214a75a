import { beforeEach, expect, test } from 'vitest'
import { append } from '../events/append.js'
import { readPublish } from '../events/publish-request.js'
import { sql } from '../storage/sql.js'
import { onEachDatabase } from '../testing/each-database.js'
import { givenOrganization } from '../testing/given.js'
import { outboxState } from './parked.js'
import { relayRows } from './relay-rows.js'
import { waitingInOutbox } from './waiting.js'
import type { OutboxRow } from './outbox-row.js'

onEachDatabase('relaying the outbox', (db) => {
  let acme: number
  beforeEach(async () => { acme = await givenOrganization(db, 'acme') })

  const given = (row: Partial<OutboxRow> = {}) => db.run(sql`
    insert into outbox (organization, type, data, key, origin, created_at, occurred_at)
    values (${row.organization ?? 'acme'}, ${row.type ?? 'order.created'}, ${row.data ?? '{}'}, ${row.key ?? null}, ${row.origin ?? 1}, ${row.created_at ?? 1_000}, ${row.occurred_at ?? null})`)
  const relay = async () => relayRows(db, { ids: (await waitingInOutbox(db, { limit: 1_000 })).map(({ id }) => id), at: db.clock.now() })
  const events = () => db.all<{ data: string; given_id: string | null; occurred_at: number; origin: number }>(sql`select organization_id, data, given_id, occurred_at, origin from events order by id`)
  const parked = () => db.all(sql`select data, problem from outbox_parked order by id`)

  test('appends in the order of the outbox, with what the publisher said', async () => {
    const globex = await givenOrganization(db, 'globex')
    await given({ data: '{"n":1.0}', key: 'mine', occurred_at: -1 })
    await given({ data: '2', organization: 'globex' })
    await given({ data: '3', origin: 4, type: 'posthorn.delivery.dead' })
    const { appended } = await relay()
    expect(appended.events.map(({ organizationId, data }) => [organizationId, data])).toEqual([[acme, '{"n":1.0}'], [globex, '2'], [acme, '3']])
    expect(appended.lastIdsBefore).toEqual(new Map([[acme, 0], [globex, 0]]))
    expect(await events()).toEqual([
      { organization_id: acme, data: '{"n":1.0}', given_id: 'mine', occurred_at: -1, origin: 1 },
      { organization_id: globex, data: '2', given_id: null, occurred_at: 1_000, origin: 1 },
      { organization_id: acme, data: '3', given_id: null, occurred_at: 1_000, origin: 4 },
    ])
    expect(await waitingInOutbox(db, { limit: 10 })).toEqual([])
  })

  test('an event that comes twice under one id is one, also where the first came over the API', async () => {
    const { keys, data } = readPublish('{"type":"order.created","data":{"n": 1},"id":"api","occurredAt":"2026-01-15T13:00:00+01:00"}')
    await db.transaction((tx) => append(tx, [{ organizationId: acme, type: 'order.created', data, givenId: 'api', occurredAt: 0, createdAt: 0, origin: 0, keys, bytes: 8 }]))
    await given({ data: '{"n": 1}', key: 'api', occurred_at: Date.UTC(2026, 0, 15, 12) })
    for (let i = 0; i < 2; i++) await given({ data: '{"n":2}', key: 'sql' })
    await relay()
    await given({ data: '{"n":2}', key: 'sql', created_at: 2_000 })
    await relay()
    expect((await events()).map((event) => event.given_id)).toEqual(['api', 'sql'])
    expect(await parked()).toEqual([])
  })

  test('what no stream can take is parked with its reason and stops nobody', async () => {
    await db.run(sql`update organizations set catalog = 'devsphere', event_type_policy = 'reject' where id = ${await givenOrganization(db, 'dev')}`)
    await db.run(sql`update organizations set public_id = '~1~gone', deleted_at = 1 where id = ${await givenOrganization(db, 'gone')}`)
    await given({ organization: 'nobody', data: '1' })
    await given({ organization: 'gone', data: '2' })
    await given({ organization: 'dev', data: '3' })
    await given({ key: 'twice', data: '4' })
    await given({ key: 'twice', data: '5' })
    await given({ data: '6' })
    const { parked: told } = await relay()
    expect((await events()).map((event) => event.data)).toEqual(['4', '6'])
    expect(await parked()).toEqual([
      { data: '1', problem: 'not_found: There is no organization "nobody".' },
      { data: '2', problem: 'not_found: There is no organization "gone".' },
      { data: '3', problem: 'unknown_event_type: "order.created" is not in the catalog "devsphere".' },
      { data: '5', problem: 'idempotency_conflict: The event id "twice" came before with another content.' },
    ])
    expect(told.map(({ organization }) => organization)).toEqual(['nobody', 'gone', 'dev', 'acme'])
    expect(await outboxState(db, {})).toEqual({ oldestMs: 0, parked: 4, parkedIsAtLeast: false })
  })

  test('a row that nothing can be made of is found among many, and it alone is parked', async () => {
    for (let n = 0; n < 20; n++) await given({ data: `${n}`, ...(n === 13 && { key: 'unlucky', occurred_at: 9_000_000_000_000_000 }) })
    await relay()
    expect((await events()).map((event) => event.data)).toEqual(Array.from({ length: 20 }, (_, n) => `${n}`).filter((n) => n !== '13'))
    expect(await parked()).toEqual([{ data: '13', problem: 'internal: Invalid time value' }])
  })

  test('of what waits the oldest tells for how long', async () => {
    await given({ created_at: db.clock.now() - 5_000 })
    await given({ created_at: db.clock.now() })
    expect(await outboxState(db, {})).toEqual({ oldestMs: 5_000, parked: 0, parkedIsAtLeast: false })
  })
})
