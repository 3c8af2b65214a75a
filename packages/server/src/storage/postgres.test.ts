import pg from 'pg'
import { expect, test } from 'vitest'
import { onPostgres, type TestDatabase } from '../testing/each-database.js'
import { eventually } from '../testing/given-sink-endpoint.js'
import { withClient } from '../testing/postgres-setup.js'
import { DatabaseAway } from './database-away.js'
import { migrate, readMigrations } from './migrate.js'
import { PostgresDatabase } from './postgres.js'
import { sql } from './sql.js'
import type { Database } from './database.js'

const facts = sql`select name, value from installation order by name`
const keep = (tx: Database, name: string, value = 'x') => tx.run(sql`insert into installation (name, value) values (${name}, ${value})`)

async function opened(db: TestDatabase, work: (own: PostgresDatabase) => Promise<void>, options = {}): Promise<void> {
  const own = await PostgresDatabase.open(db.path, { allowFsyncOff: true, ...options })
  try {
    await work(own)
  } finally {
    await own.close()
  }
}

onPostgres('a PostgreSQL database', (db) => {
  test('every transaction waits for the disk and reads what is committed, whatever the defaults are', async () => {
    const database = new URL(db.path).pathname.slice(1)
    await withClient(db.path, (client) => client.query(`
      alter database ${database} set synchronous_commit = off;
      alter database ${database} set default_transaction_isolation = 'serializable';
      alter database ${database} set default_transaction_read_only = on`))
    try {
      await opened(db, async (own) => {
        const settings = sql`select current_setting('synchronous_commit') as durable, current_setting('transaction_isolation') as isolation, current_setting('transaction_read_only') as "readOnly"`
        const wanted = { durable: 'on', isolation: 'read committed', readOnly: 'off' }
        expect(await own.transaction((tx) => tx.first(settings))).toEqual(wanted)
        expect(await own.first(settings)).toEqual(wanted)
      })
    } finally {
      await withClient(db.path, (client) => client.query(`begin read write; alter database ${database} reset all; commit`))
    }
  })

  test('what is asked again and again is prepared once, and anew where the server has forgotten it or its tables were altered', async () => {
    await opened(db, async (own) => {
      await own.run(sql`create table posthorn.altered (n bigint)`)
      const ask = () => own.all(sql`select a.* from altered a where ${1} = 1::bigint`)
      for (let i = 0; i < 3; i++) expect(await ask()).toEqual([])
      const prepared = sql`select count(*) as n from pg_prepared_statements where statement like ${'%from altered%'}`
      expect(await own.first(prepared)).toEqual({ n: 1 })

      await own.run(sql`alter table altered add column m bigint`)
      await own.run(sql`insert into altered (n, m) values (${1}, ${2})`)
      expect(await ask()).toEqual([{ n: 1, m: 2 }])

      for (let i = 0; i < 3; i++) await ask()
      await own.run(sql`deallocate all`)
      expect(await own.transaction(async (tx) => tx.all(sql`select a.* from altered a where ${1} = 1::bigint`))).toEqual([{ n: 1, m: 2 }])
      await own.run(sql`drop table altered`)
    }, { poolSize: 1 })
  })

  test('rows come as they were sent, whatever stands in them; what PostgreSQL\'s text cannot hold is told by a sign', async () => {
    const texts = ['', 'null', 'NULL', '{"a":"b\\\\c","d":[1,2]}', '{}', ',', '"', '\\', ' x ', 'é 漢 😀', 'a\nb\tc', '$1', `'; drop table events; --`, null]
    const columns = ['n int', 'note text', 'body bytes'] as const
    const read = await db.all(sql`select n, note, encode(body, 'hex') as body from ${db.rows(texts.map((text, n) => [n - 1, text, text === null ? null : Buffer.from(text).toString('hex')]), columns)} as r order by n`)
    expect(read).toEqual(texts.map((text, n) => ({ n: n - 1, note: text, body: text === null ? null : Buffer.from(text).toString('hex') })))
    expect(await db.all(sql`select n, note from ${db.rows([[1, 'a\0b'], [Number.MAX_SAFE_INTEGER, 'a\ud800b']], columns)} as r`)).toEqual([{ n: 1, note: 'a\ufffdb' }, { n: Number.MAX_SAFE_INTEGER, note: 'a\ufffdb' }])
    expect(await db.all(sql`select n from ${db.rows([], columns)} as r`)).toEqual([])
  })

  test('rows are looked up one by one, however late the statistics of a table are', async () => {
    await db.run(sql`create table grown (id bigint, part bigint, state bigint, primary key (id, part)) with (autovacuum_enabled = false)`)
    const grow = (from: number, to: number, state: number): Promise<unknown> => db.run(sql`insert into grown select id, 1, ${state}::bigint from generate_series(${from}::bigint, ${to}::bigint) as s (id)`)
    await grow(1, 1_000, 2)
    await db.run(sql`analyze grown`)
    await grow(1_001, 20_000, 0)
    for (const count of [10, 100, 1_000]) {
      const given = db.rows(Array.from({ length: count }, (_, i) => [1_001 + i * 19, 1]), ['id int', 'part int'])
      const plan = await db.all<{ 'QUERY PLAN': string }>(sql`
        explain update grown set state = 1 from ${given} as r
        where grown.id = r.id and grown.part = r.part and grown.state < 2 and grown.id between 1001 and 20000`)
      expect(plan.map((line) => line['QUERY PLAN']).join('\n')).toMatch(/Function Scan on u .*Index Cond: \(\(id = u\.id\)/s)
    }
    await db.run(sql`drop table grown`)
  })

  test('an application may have tables of the same names beside ours', async () => {
    await withClient(db.path, (client) => client.query('create table public.installation (name text, value text)'))
    await keep(db, 'ours')
    await withClient(db.path, async (client) => {
      expect((await client.query('select * from public.installation')).rows).toEqual([])
      await client.query('drop table public.installation')
    })
    expect(await db.all(facts)).toEqual([{ name: 'ours', value: 'x' }])
  })

  test('a transaction is all or nothing, and so is one within it', async () => {
    await expect(db.transaction(async (tx) => {
      await keep(tx, 'a')
      throw new Error('changed my mind')
    })).rejects.toThrow('changed my mind')
    await db.transaction(async (tx) => {
      await keep(tx, 'b')
      await expect(tx.transaction(async (point) => {
        await keep(point, 'c')
        await keep(point, 'b')
      })).rejects.toMatchObject({ code: '23505' })
      await tx.transaction((point) => keep(point, 'd'))
    })
    expect(await db.all(facts)).toMatchObject([{ name: 'b' }, { name: 'd' }])
  })

  test('a failure that was swallowed does not pass for a commit', async () => {
    await expect(db.transaction(async (tx) => {
      await keep(tx, 'a')
      await keep(tx, 'a').catch(() => {})
    })).rejects.toThrow(/rolled back/)
    expect(await db.all(facts)).toEqual([])
  })

  test('the commit travels with the last statements, and only with those', async () => {
    await opened(db, async (own) => {
      await own.transaction((tx) => tx.last(() => Promise.all([keep(tx, 'a'), keep(tx, 'b')])), { commitsWithLast: true })
      await own.transaction(async (tx) => {
        await tx.last(() => keep(tx, 'c'))
        await keep(tx, 'd')
      })
      await expect(own.transaction((tx) => tx.last(() => Promise.all([keep(tx, 'e'), keep(tx, 'a')])), { commitsWithLast: true })).rejects.toMatchObject({ code: '23505' })
      await expect(own.transaction(async (tx) => {
        await tx.last(() => keep(tx, 'f'))
        await keep(tx, 'g')
      }, { commitsWithLast: true })).rejects.toThrow('The transaction is over.')
    })
    expect(await db.all(facts)).toMatchObject([{ name: 'a' }, { name: 'b' }, { name: 'c' }, { name: 'd' }, { name: 'f' }])
  })

  test('numbers are numbers, yes is 1, bytes are bytes, and text without U+0000 is text', async () => {
    const half = '\uD800'
    const row = await db.first(sql`
      select count(*) as count, sum(n) as sum, 2::bigint ^ 52 = 4503599627370496 as yes, ${'a\0b'}::text as text, ${new Uint8Array([0, 255])}::bytea as bytes
      from ${db.rows([[2 ** 52], [null]], ['n int'])} as r`)
    expect(row).toEqual({ count: 2, sum: 2 ** 52, yes: 1, text: 'a\uFFFDb', bytes: Buffer.from([0, 255]) })
    expect(await db.all(sql`select text, bytes from ${db.rows([['\\u0000 "é" 😀', '00ff'], [`\0${half}`, null]], ['text text', 'bytes bytes'])} as r`))
      .toEqual([{ text: '\\u0000 "é" 😀', bytes: Buffer.from([0, 255]) }, { text: '\uFFFD\uFFFD', bytes: null }])
  })

  test('of two that wait for each other one goes on, and the other is run again', async () => {
    await keep(db, 'left', '0')
    await keep(db, 'right', '0')
    const add = (tx: Database, name: string) => tx.run(sql`update installation set value = (value::int + 1)::text where name = ${name}`)
    const both = (first: string, second: string) => db.transaction(async (tx) => {
      await add(tx, first)
      await new Promise((resolve) => setTimeout(resolve, 100))
      await add(tx, second)
    })
    await Promise.all([both('left', 'right'), both('right', 'left')])
    expect(await db.all(facts)).toEqual([{ name: 'left', value: '2' }, { name: 'right', value: '2' }])
  })

  test('a node that stops in the middle of a transaction holds its locks for some seconds only', async () => {
    await keep(db, 'contended')
    const rename = sql`update installation set value = 'y' where name = 'contended'`
    await opened(db, (stopped) => opened(db, async (other) => {
      let goOn = (): void => {}
      const goesOn = new Promise<void>((resolve) => { goOn = resolve })
      const standing = stopped.transaction(async (tx) => {
        await tx.run(rename)
        await goesOn
        await tx.run(rename)
      })
      standing.catch(() => {})
      const startedAt = performance.now()
      await eventually(async () => expect(await db.first(sql`select 1 as found from pg_locks where relation = 'installation'::regclass and mode = 'RowExclusiveLock' and database = (select oid from pg_database where datname = current_database())`)).toBeDefined())
      await other.run(rename)
      expect(performance.now() - startedAt).toBeLessThan(9_000)
      goOn()
      await expect(standing).rejects.toBeInstanceOf(DatabaseAway)
    }))
  })

  test('a connection that is cut means the database is away; cut at the commit, that nobody knows', async () => {
    await opened(db, async (own) => {
      const cutOff = (tx: Database) => tx.first<{ pid: number }>(sql`select pg_backend_pid() as pid`).then((row) => db.first(sql`select pg_terminate_backend(${row?.pid ?? 0})`))
      const cut = await own.transaction(async (tx) => {
        await cutOff(tx)
        await keep(tx, 'a')
      }).catch((error: unknown) => error)
      expect(cut).toBeInstanceOf(DatabaseAway)
      expect(cut).toMatchObject({ isOutcomeUnknown: false })
      const cutLater = await own.transaction(cutOff).catch((error: unknown) => error)
      expect(cutLater).toMatchObject({ name: 'DatabaseAway', isOutcomeUnknown: true })
      const cutAlong = await own.transaction(async (tx) => {
        const { pid } = await tx.first<{ pid: number }>(sql`select pg_backend_pid() as pid`) as { pid: number }
        return tx.last(() => Promise.all([tx.run(sql`select pg_sleep(5)`), db.first(sql`select pg_terminate_backend(${pid})`)]))
      }, { commitsWithLast: true }).catch((error: unknown) => error)
      expect(cutAlong).toMatchObject({ name: 'DatabaseAway', isOutcomeUnknown: true })
      await keep(own, 'the next one works')
    })
    expect(await db.all(facts)).toHaveLength(1)
  })

  test('a server that is not there is away', async () => {
    await expect(PostgresDatabase.open('postgres://posthorn@127.0.0.1:1/posthorn')).rejects.toMatchObject({ name: 'DatabaseAway', message: expect.stringContaining('ECONNREFUSED') as unknown })
  })

  test('a pool that was handed over is used as it is, and left open', async () => {
    const pool = new pg.Pool({ connectionString: db.path, max: 2 })
    const own = await PostgresDatabase.open(pool, { allowFsyncOff: true })
    await Promise.all(['a', 'b', 'c', 'd'].map((name) => own.transaction(async (tx) => {
      await keep(tx, name)
      await tx.transaction((point) => keep(point, `${name}${name}`))
    })))
    expect(await own.all(facts)).toHaveLength(8)
    await own.close()
    expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }])
    await pool.end()
  })

  test('a server that may forget what it has committed is refused', async () => {
    const { fsync } = await db.first<{ fsync: string }>(sql`select current_setting('fsync') as fsync`) ?? {}
    const opening = PostgresDatabase.open(db.path).then((own) => own.close())
    if (fsync === 'off') await expect(opening).rejects.toThrow(/fsync=off/)
    else await opening
  })

  test('nodes that start together migrate once', async () => {
    await withClient(db.path, (client) => client.query('drop schema posthorn cascade'))
    const ran: number[] = []
    await Promise.all(Array.from({ length: 4 }, () => opened(db, async (own) => {
      ran.push(...(await migrate(own)).map((migration) => migration.number))
    })))
    expect(ran.sort()).toEqual(readMigrations('postgres').map((migration) => migration.number))
    expect(await migrate(db)).toEqual([])
  })
})
