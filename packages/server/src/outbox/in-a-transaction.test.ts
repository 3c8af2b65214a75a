import { spawn } from 'node:child_process'
import { once } from 'node:events'
import pg from 'pg'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { systemClock } from '../time/clock.js'
import { sql } from '../storage/sql.js'
import { onPostgres } from '../testing/each-database.js'
import { eventually, givenSinkEndpoint } from '../testing/given-sink-endpoint.js'
import { givenOrganization } from '../testing/given.js'
import { RunningNode } from '../testing/running-node.js'
import { Sink } from '../testing/sink.js'

onPostgres("publishing in an application's own transaction", (db) => {
  let sink: Sink
  let nodes: RunningNode[]
  let app: pg.Pool
  beforeEach(async () => {
    sink = await Sink.start()
    app = new pg.Pool({ connectionString: db.path, max: 10 })
    for (const name of ['acme', 'globex']) await givenSinkEndpoint(db, await givenOrganization(db, name), name, sink.url(`/${name}`))
    nodes = await Promise.all(['alice', 'bob'].map((name) => RunningNode.start(db, systemClock(), { name })))
  })
  afterEach(async () => {
    await Promise.all(nodes.map((node) => node.stop()))
    await app.end()
    await sink.stop()
    expect(nodes.flatMap((node) => node.faults)).toEqual([])
  })

  const publish = (client: pg.Pool | pg.PoolClient, organization: string, data: unknown) => client.query(`select posthorn.publish($1, 'order.created', $2)`, [organization, JSON.stringify(data)])
  const sent = () => sink.received.map(({ path, body }) => `${path} ${JSON.stringify((JSON.parse(body) as { data: unknown }).data)}`)
  async function inTransaction(work: (client: pg.PoolClient) => Promise<unknown>, end: 'commit' | 'rollback' = 'commit'): Promise<void> {
    const client = await app.connect()
    await client.query('begin')
    await work(client)
    await client.query(end)
    client.release()
  }

  test('what is rolled back was never there, to a savepoint too; what is committed is sent, with its own text and id', async () => {
    const data = String.raw`{"amount": 1.0, "n":12345678901234567890,"s":"\u00e9\u0000"}`
    await inTransaction((client) => publish(client, 'acme', 'never'), 'rollback')
    let id = ''
    await inTransaction(async (client) => {
      await client.query('savepoint a')
      await publish(client, 'acme', 'nor this')
      await client.query('rollback to a')
      id = (await client.query<{ id: string }>(`select posthorn.publish('acme', 'order.created', $1) as id`, [data])).rows[0]?.id as string
    })
    const [request] = await sink.until(1)
    expect(request?.body).toContain(`"data":${data}`)
    expect(request?.id).toBe(id)
    await publish(app, 'acme', 'the last')
    await sink.until(2)
    expect(sink.received).toHaveLength(2)
    expect(await db.all(sql`select 1 from outbox`)).toEqual([])
  })

  test('an open transaction delays only its own event, and nobody waits for it', async () => {
    await inTransaction(async (client) => {
      await publish(client, 'acme', 'slow')
      const before = performance.now()
      for (const organization of ['acme', 'globex']) {
        await publish(app, organization, 'quick')
        await (nodes[0] as RunningNode).node.publish([{ organizationId: (await db.first<{ id: number }>(sql`select id from organizations where public_id = ${organization}`))?.id ?? 0, type: 'order.created', data: '"over the API"', occurredAt: 0, createdAt: Date.now(), origin: 0, bytes: 10 }])
      }
      while (sink.received.length < 4 && performance.now() < before + 3_000) {
        expect((await app.query(`select relation::regclass from pg_locks where not granted and database = (select oid from pg_database where datname = current_database())`)).rows).toEqual([])
        await new Promise((resolve) => setTimeout(resolve, 5))
      }
      expect(sent().sort()).toEqual(['/acme "over the API"', '/acme "quick"', '/globex "over the API"', '/globex "quick"'])
      expect(performance.now() - before).toBeLessThan(2_000)
      // What it holds of ours goes well with all that reads and writes there; only a migration of the outbox would wait.
      const { rows } = await client.query<{ name: string; mode: string }>(`select distinct relation::regclass::text as name, mode from pg_locks where pid = pg_backend_pid() and relation is not null order by 1, 2`)
      expect(rows.filter(({ name }) => name.includes('outbox')).map(({ mode }) => mode)).toEqual(expect.arrayContaining(['RowExclusiveLock']))
      expect(rows.filter(({ name, mode }) => name.startsWith('posthorn.') && mode !== 'RowExclusiveLock' && mode !== 'AccessShareLock')).toEqual([])
    })
    await sink.until(5)
    expect(sent().at(-1)).toBe('/acme "slow"')
  })

  test("the events of one transaction keep their order, whatever commits between them, on however many nodes", async () => {
    await Promise.all(Array.from({ length: 6 }, async (_, app) => {
      for (let round = 0; round < 10; round++) {
        await inTransaction(async (client) => {
          for (let n = 0; n < 4; n++) {
            await publish(client, 'acme', [app, round, n])
            await new Promise((resolve) => setTimeout(resolve, (app * 7 + n * 5) % 11))
          }
        })
      }
    }))
    await eventually(async () => expect(await db.first(sql`select count(*) as n from events`)).toEqual({ n: 240 }))
    const stream = (await db.all<{ data: string }>(sql`select data from events order by id`)).map(({ data }) => JSON.parse(data) as [number, number, number])
    const next = new Map<number, number>()
    for (const [app, round, n] of stream) {
      expect(round * 4 + n).toBe(next.get(app) ?? 0)
      next.set(app, round * 4 + n + 1)
    }
  })

  test('a trigger publishes what changes in a table', async () => {
    await app.query(`
      create table public.orders (id int primary key, total numeric);
      create function public.tell() returns trigger language plpgsql as $$ begin
        perform posthorn.publish('acme', 'order.' || case tg_op when 'INSERT' then 'created' else 'updated' end, to_json(new), id => 'order-' || new.id || '-' || new.total::text);
        return new;
      end $$;
      create trigger tell after insert or update on public.orders for each row execute function public.tell()`)
    await inTransaction((client) => client.query('insert into public.orders values (1, 10)'), 'rollback')
    await inTransaction((client) => client.query('insert into public.orders values (2, 20); update public.orders set total = 21'))
    const received = await sink.until(2)
    expect(received.map(({ id, body }) => [id, (JSON.parse(body) as { type: string }).type])).toEqual([['order-2-20', 'order.created'], ['order-2-21', 'order.updated']])
    await app.query('drop table public.orders; drop function public.tell')
  })

  test('an application that is killed right after its commit has published', async () => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', `
      import pg from 'pg'
      const client = new pg.Client(process.env.DATABASE_URL)
      await client.connect()
      await client.query('begin')
      await client.query("select posthorn.publish('acme', 'order.created', '1')")
      await client.query('commit')
      await client.query('begin')
      await client.query("select posthorn.publish('acme', 'order.created', '2')")
      process.kill(process.pid, 'SIGKILL')`], { cwd: new URL('.', import.meta.url), env: { ...process.env, DATABASE_URL: db.path } })
    expect(await once(child, 'exit')).toEqual([null, 'SIGKILL'])
    await sink.until(1)
    await publish(app, 'acme', 3)
    await sink.until(2)
    expect(sent()).toEqual(['/acme 1', '/acme 3'])
  })

  test('parks what no organization can take, tells of it, and goes on', async () => {
    await inTransaction(async (client) => {
      await publish(client, 'acmee', 1)
      await publish(client, 'acme', 2)
    })
    await sink.until(1)
    expect(sent()).toEqual(['/acme 2'])
    expect(nodes.flatMap((node) => node.parked)).toMatchObject([{ organization: 'acmee', type: 'order.created', problem: 'not_found: There is no organization "acmee".' }])
  })
})
