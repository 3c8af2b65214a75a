import { afterAll, afterEach, beforeEach, describe, expect, inject, test } from 'vitest'
import { deliveryStates } from '../deliveries/delivery.js'
import { firstIdOfDay } from '../ids/id-days.js'
import { rawSql, Sql, sql, type Value } from '../storage/sql.js'
import { TestDatabase } from '../testing/each-database.js'
import { givenDelivery, givenEndpoint, givenEvent, givenManyDeliveries, givenOrganization } from '../testing/given.js'
import { givenSinkEndpoint, deliveryStatesOf, eventually } from '../testing/given-sink-endpoint.js'
import { PostgresHome } from '../testing/postgres-home.js'
import { RunningNode, shown } from '../testing/running-node.js'
import { Sink } from '../testing/sink.js'
import { SqliteHome } from '../testing/sqlite-home.js'
import { systemClock } from '../time/clock.js'
import { notCopied } from './copied-tables.js'
import { copyDatabase, type CopyProgress, type CopyResult } from './copy-database.js'
import { refuseHalfCopied } from './copy-mark.js'
import { readLastNumbers } from './last-numbers.js'
import { openSource, openTarget } from './place.js'
import { refuseOtherKey } from './refuse-other-key.js'
import { howMany } from './rows.js'
import { inOrderOfReference, readTables, type Table } from './tables.js'
import type { DatabaseUrl } from '../config/database-url.js'
import type { Database } from '../storage/database.js'

const server = inject('postgres')
const make = { sqlite: () => new TestDatabase('sqlite', new SqliteHome()), postgres: () => new TestDatabase('postgres', new PostgresHome(server)) }

/** Where there is no PostgreSQL to be had, the run says so at its beginning. */
const ways = ([['sqlite', 'postgres'], ['postgres', 'sqlite'], ['sqlite', 'sqlite']] as const).filter((way) => server !== null || !(way as readonly string[]).includes('postgres'))

describe.each(ways)('copying %s to %s', (fromDialect, toDialect) => {
  const source = make[fromDialect]()
  const target = make[toDialect]()
  beforeEach(async () => { await Promise.all([source.begin(), target.begin()]) })
  afterEach(async () => { await Promise.all([source.end(), target.end()]) })
  afterAll(async () => { await Promise.all([source.leave(), target.leave()]) })

  const copyOnce = (tell?: (progress: CopyProgress) => void): Promise<CopyResult> => copyBetween(source, target, tell)

  test('moves the rows of every table, with their ids and to the byte', async () => {
    const tables = await givenRowsInEveryTable(source)
    const result = await copyOnce()
    expect(result.isSame).toBe(true)
    expect(result.tables.map(({ name }) => name).sort()).toEqual(tables)
    for (const { name, source: inSource } of result.tables) expect(inSource.rows, name).toBe(2)

    const events = sql`select id, organization_id, type, data, given_id, occurred_at from events order by id`
    expect(await target.all(events)).toEqual(await source.all(events))
    const fractions = sql`select organization_id, product_id, available from stock_levels order by organization_id`
    expect(await target.all(fractions)).toEqual(await source.all(fractions))
    expect((await bodiesOf(target)).map((body) => [...body])).toEqual([Array.from({ length: 256 }, (_, i) => i), []])
  })

  test('leaves no sign of a process that was at work: lanes are free, and what was being sent is due', async () => {
    const acme = await givenOrganization(source)
    const endpointId = await givenEndpoint(source, acme)
    for (const state of Object.values(deliveryStates)) await givenDelivery(source, acme, { eventId: await givenEvent(source, acme), endpointId, state, attempts: 2 })
    await source.run(sql`insert into sessions (token, node, alive_until) values ('t', 'a node that was killed', 0)`)
    await source.run(sql`update lanes set session = 't'`)
    await source.run(sql`insert into consumers (name, organization_id, read_id, session) values ('mine', ${acme}, 0, 't')`)

    expect((await copyOnce()).isSame).toBe(true)
    expect(await deliveryStatesOf(target)).toEqual([deliveryStates.waiting, deliveryStates.waiting, deliveryStates.succeeded, deliveryStates.dead, deliveryStates.discarded])
    expect(await target.all(sql`select session, wake_at is not null as is_woken from lanes`)).toEqual([{ session: null, is_woken: 1 }])
    expect(await target.all(sql`select session from consumers`)).toEqual([{ session: null }])
    expect(await target.all(sql`select * from sessions`)).toEqual([])
    expect(await target.first(sql`select count(*) as n from attempts`)).toEqual({ n: 10 })
  })

  test('goes on counting where the source stopped, over numbers of deleted rows too', async () => {
    const acme = await givenOrganization(source)
    const last = await givenEvent(source, acme)
    const deleted = [await givenEndpoint(source, acme), await givenEndpoint(source, acme)][1] as number
    await source.run(sql`delete from endpoints where id = ${deleted}`)
    await source.run(sql`delete from events`)
    await copyOnce()

    expect(await givenEvent(target, acme)).toBeGreaterThan(last)
    expect(await givenEndpoint(target, acme)).toBeGreaterThan(deleted)
    const [before, after] = [await readLastNumbers(source), await readLastNumbers(target)]
    // Where SQLite gives a table no counter, its rows are never deleted.
    for (const [name, number] of after) expect(number, name).toBeGreaterThanOrEqual(before.get(name) ?? 0)
    expect([...after.keys()]).toEqual(expect.arrayContaining(['event_ids', 'receipt_ids', 'endpoints']))
  })

  test('interrupted after any batch and begun again: goes on, and copies nothing twice', async () => {
    await givenRowsInEveryTable(source)
    let batches = 0
    await copyOnce(() => { batches++ })
    expect(batches).toBeGreaterThan(10)

    await target.end()
    await target.begin()
    for (let runs = 0; ; runs++) {
      // Each run gets two batches further; the last one is not interrupted any more.
      let seen = 0
      try {
        const result = await copyOnce(() => { if (++seen === 2) throw new Error('the power is gone') })
        expect(result.isSame).toBe(true)
        expect(runs).toBeGreaterThanOrEqual(Math.floor(batches / 2) - 1)
        break
      } catch (error) {
        expect((error as Error).message).toBe('the power is gone')
      }
    }
  })

  test('reads no more than a few megabytes at once, and takes any number of rows', async () => {
    const acme = await givenOrganization(source)
    const endpointId = await givenEndpoint(source, acme)
    await givenManyDeliveries(source, acme, endpointId, { number: 4_500, state: deliveryStates.succeeded })
    for (let n = 0; n < 6; n++) await givenEvent(source, acme, { data: JSON.stringify('x'.repeat(1_500_000)) })
    const told: CopyProgress[] = []
    expect((await copyOnce((progress) => { told.push(progress) })).isSame).toBe(true)
    expect(told.filter(({ table }) => table === 'deliveries').map(({ rows }) => rows)).toEqual([2_000, 4_000, 4_500])
    expect(told.filter(({ table }) => table === 'events').map(({ rows }) => rows)).toEqual([2_000, 4_000, 4_502, 4_504, 4_506])
  })

  test('names the table whose rows are not the same afterwards, and does not call the copy finished', async () => {
    await givenRowsInEveryTable(source)
    const opened = await openTarget(urlOf(target))
    const result = await withPlace(await openSource(urlOf(source)), (from) => withPlace(opened, (to) => copyDatabase(from, {
      ...to,
      async snapshot(work) {
        await to.db.run(sql`update sources set name = 'another' where id = 1`)
        return to.snapshot(work)
      },
    }, { now: Date.now })))
    expect(result.tables.filter(({ isSame }) => !isSame).map(({ name }) => name)).toEqual(['sources'])
    const fact = await target.first<{ value: string }>(sql`select value from installation where name = 'copy'`)
    expect(() => refuseHalfCopied(fact?.value)).toThrow(/has not finished/)
  })

  test('what was pending is delivered by a server on the target, under the same ids', async () => {
    const sink = await Sink.start()
    const acme = await givenOrganization(source)
    const endpointId = await givenSinkEndpoint(source, acme, 'acme', sink.url())
    const undispatched = await givenEvent(source, acme)
    const wasSending = await givenEvent(source, acme)
    const isRetried = await givenEvent(source, acme)
    await source.run(sql`update cursors set dispatched_id = ${isRetried}`)
    await source.run(sql`update streams set last_id = ${isRetried}`)
    await givenDelivery(source, acme, { eventId: undispatched, endpointId, state: deliveryStates.waiting })
    await givenDelivery(source, acme, { eventId: wasSending, endpointId, state: deliveryStates.sending })
    await givenDelivery(source, acme, { eventId: isRetried, endpointId, state: deliveryStates.waiting, attempts: 1, step: 1 })
    await source.run(sql`update lanes set session = 'a killed one'`)
    const notDispatched = await givenEvent(source, acme)
    expect((await copyOnce()).isSame).toBe(true)

    const node = await RunningNode.start(target, systemClock())
    await sink.until(4)
    await eventually(async () => { expect(await deliveryStatesOf(target)).toEqual([2, 2, 2, 2]) })
    expect(sink.received.map(({ id }) => id).sort()).toEqual(shown([undispatched, wasSending, isRetried, notDispatched]).sort())
    expect(await target.all(sql`select number from attempts where event_id = ${isRetried} order by number`)).toEqual([{ number: 1 }, { number: 2 }])
    await node.stop()
    await sink.stop()
    expect(node.faults).toEqual([])
  })

  describe('refuses', () => {
    test('a target that holds anything', async () => {
      await givenOrganization(target, 'other')
      await expect(copyOnce()).rejects.toThrow(/holds data already \(in (organizations|cursors)\)/)
    })

    test('a target that is finished, and one that is begun with another source', async () => {
      await givenRowsInEveryTable(source)
      await expect(copyOnce(() => { throw new Error('the power is gone') })).rejects.toThrow('the power is gone')
      await source.run(sql`insert into installation (name, value) values ('another', 'fact')`)
      await expect(copyOnce()).rejects.toThrow(/unfinished copy of another database, or of this one before it went on working/)
      await source.run(sql`delete from installation where name = 'another'`)
      expect((await copyOnce()).isSame).toBe(true)
      await expect(copyOnce()).rejects.toThrow(/finished at 20/)
    })

    test('a source that a server has open', async () => {
      const node = await RunningNode.start(source, systemClock())
      await expect(copyOnce()).rejects.toThrow(fromDialect === 'sqlite' ? /is in use\. Stop the server/ : /The node test is at work on this database/)
      await node.stop()
      expect((await copyOnce()).isSame).toBe(true)
    })

    test('a source of an older version, of a newer one, and one that is itself half copied', async () => {
      await source.run(sql`insert into schema_migrations (number, name, applied_at) values (9999, 'newer', 0)`)
      await expect(copyOnce()).rejects.toThrow(/newer version/)
      const [last] = await source.all<{ number: number; name: string; applied_at: number }>(sql`select * from schema_migrations where number < 9999 order by number desc limit 1`)
      await source.run(sql`delete from schema_migrations where number in (9999, ${last?.number})`)
      await expect(copyOnce()).rejects.toThrow(/older version.*posthorn migrate/)
      await source.run(sql`insert into schema_migrations (number, name, applied_at) values (${last?.number}, ${last?.name}, ${last?.applied_at})`)
      await source.run(sql`insert into installation (name, value) values ('copy', '{"source":"x","startedAt":1}')`)
      await expect(copyOnce()).rejects.toThrow(/itself the target/)
      await source.run(sql`delete from installation`)
    })

    test('another encryption key than the source\'s', async () => {
      const acme = await givenOrganization(source)
      await refuseOtherKey(source, new Uint8Array(32))
      await givenSinkEndpoint(source, acme, 'acme', 'https://receiver.example/')
      await refuseOtherKey(source, new Uint8Array(32).fill(7))
      await expect(refuseOtherKey(source, new Uint8Array(32).fill(8))).rejects.toThrow(/not the key of the source/)
    })
  })
})

describe('the tables of a copy', () => {
  const sqlite = make.sqlite()
  const postgres = make.postgres()
  beforeEach(async () => { await sqlite.begin(); if (server !== null) await postgres.begin() })
  afterEach(async () => { await sqlite.end(); if (server !== null) await postgres.end() })
  afterAll(async () => { await sqlite.leave(); if (server !== null) await postgres.leave() })

  test.skipIf(server === null)('are on both databases the same, with the same columns and keys, but for those named as not copied', async () => {
    const [ours, theirs] = [await shapes(sqlite), await shapes(postgres)]
    expect(ours).toEqual(theirs)
    expect(ours.length).toBeGreaterThan(25)
    const all = new Set([...await readTables(sqlite), ...await readTables(postgres)].map(({ name }) => name))
    for (const name of notCopied.keys()) expect(all, 'a name that no table has').toContain(name)
  })

  test('come after those that they refer to', () => {
    const table = (name: string, ...references: string[]): Table => ({ name, references, columns: [], key: [] })
    expect(inOrderOfReference([table('a', 'c'), table('b'), table('c', 'd', 'c'), table('d')]).map(({ name }) => name)).toEqual(['b', 'd', 'c', 'a'])
    expect(() => inOrderOfReference([table('a', 'b'), table('b', 'a')])).toThrow(/circle: a, b/)
  })

  test('are read in loads that fit, one row at least', () => {
    expect([howMany([], 10), howMany([4, 5, 2], 10), howMany([11, 1], 10), howMany([1, 2], 10)]).toEqual([0, 2, 1, 2])
  })
})

async function shapes(db: Database): Promise<object[]> {
  return (await readTables(db)).filter(({ name }) => !notCopied.has(name)).map(({ name, columns, key }) => ({ name, columns: columns.map((column) => column.name).sort(), key }))
}

/** Two rows in every table there is, made from what the database says of itself, so that a table of tomorrow is met too. */
async function givenRowsInEveryTable(db: TestDatabase): Promise<string[]> {
  const tables = inOrderOfReference(await readTables(db)).filter(({ name }) => !notCopied.has(name))
  for (const { name, columns } of tables) {
    for (const n of [1, 2]) {
      const names = columns.map((column) => `"${column.name}"`).join(', ')
      const values = columns.map((column) => madeUp(name, column, n))
      await db.run(sql`insert into ${rawSql(name)} (${rawSql(names)}) values (${new Sql(['', ...values.slice(1).map(() => ', '), ''], values)})`)
    }
  }
  return tables.map(({ name }) => name).sort()
}

const today = firstIdOfDay(Date.UTC(2026, 0, 15))
const texts = ['', 'it\'s "quoted", \\ and \u{1F4EF}\u0001\u2028\uFFFF', 'x'.repeat(9_000)]

function madeUp(table: string, { name, type }: Table['columns'][number], n: number): Value {
  const isEvent = name === 'event_id' || (table === 'events' && name === 'id')
  if (type === 'bytea' || type === 'blob') return n === 1 ? Uint8Array.from({ length: 256 }, (_, i) => i) : new Uint8Array(0)
  if (type === 'real' || type === 'double precision') return n === 1 ? 0.1 : -1e300
  if (type !== 'text') return isEvent ? today + n : name === 'created_at' ? Number.MAX_SAFE_INTEGER - n : n
  return name === 'data' || name === 'reason' ? `${n}${texts[n]}` : `${table}-${name}-${n}`
}

function urlOf(db: TestDatabase): DatabaseUrl {
  return db.dialect === 'sqlite' ? { kind: 'sqlite', path: db.path } : { kind: 'postgres', url: db.path }
}

async function bodiesOf(db: Database): Promise<Uint8Array[]> {
  return (await db.all<{ body: Uint8Array }>(sql`select body from receipts order by id`)).map(({ body }) => body)
}

async function withPlace<T, P extends { close(): Promise<void> }>(place: P, work: (place: P) => Promise<T>): Promise<T> {
  try {
    return await work(place)
  } finally {
    await place.close()
  }
}

async function copyBetween(source: TestDatabase, target: TestDatabase, tell?: (progress: CopyProgress) => void): Promise<CopyResult> {
  return withPlace(await openSource(urlOf(source)), async (from) => withPlace(await openTarget(urlOf(target)), (to) => copyDatabase(from, to, { now: Date.now, ...(tell && { tell }) })))
}

