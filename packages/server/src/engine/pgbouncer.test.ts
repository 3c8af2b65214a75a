import pg from 'pg'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openPostgresStore } from '../operations/postgres-store.js'
import { sql } from '../storage/sql.js'
import { onPostgres, type TestDatabase } from '../testing/each-database.js'
import { eventually, givenSinkEndpoint } from '../testing/given-sink-endpoint.js'
import { givenOrganization } from '../testing/given.js'
import { PgBouncer } from '../testing/pgbouncer.js'
import { RunningNode } from '../testing/running-node.js'
import { Sink } from '../testing/sink.js'
import { NotifyWakeup } from '../wakeup/notify-wakeup.js'
import { systemClock } from '../time/clock.js'

const isInstalled = PgBouncer.isInstalled
if (!isInstalled) process.stderr.write('\npgbouncer is not installed: what stands behind it is not tested.\n\n')

describe.skipIf(!isInstalled)('behind pgbouncer in transaction mode', () => {
  onPostgres('two nodes', (db) => {
    let bouncer: PgBouncer
    let sink: Sink
    beforeEach(async () => { [bouncer, sink] = [await PgBouncer.start(db.path), await Sink.start()] })
    afterEach(async () => {
      await sink.stop()
      await bouncer.stop()
    })

    /** The same database, by way of the pooler. */
    function pooled(): TestDatabase {
      return Object.create(db, { store: { value: () => openPostgresStore(bouncer.url, { allowFsyncOff: true }) } }) as TestDatabase
    }

    function wakeup(): NotifyWakeup {
      return new NotifyWakeup({ connect: () => new pg.Client({ connectionString: bouncer.url }), report() {} })
    }

    test('deliver everything, each once, and leave nothing behind on connections that are others\' as well', async () => {
      const organizations: number[] = []
      for (let n = 0; n < 4; n++) {
        organizations.push(await givenOrganization(db, `org-${n}`))
        await givenSinkEndpoint(db, organizations[n] as number, `org-${n}`, sink.url(`/${n}`))
      }
      const wakeups = [wakeup(), wakeup()]
      const nodes = await Promise.all(['alice', 'bob'].map((name, n) => RunningNode.start(pooled(), systemClock(), { name, wakeup: wakeups[n] as NotifyWakeup })))
      for (let round = 0; round < 10; round++) await Promise.all(nodes.flatMap((node) => organizations.map((id) => node.publish(id, 3))))
      await sink.until(240, 15_000)
      await eventually(async () => expect(await db.first(sql`select count(*) as n from deliveries where state = 2`)).toEqual({ n: 240 }))
      expect(sink.received).toHaveLength(240)

      const client = new pg.Client({ connectionString: bouncer.url })
      await client.connect()
      const { rows } = await client.query(`select current_setting('search_path') as path, current_setting('idle_in_transaction_session_timeout') as idle, (select count(*)::int from pg_listening_channels()) as channels, (select count(*)::int from pg_prepared_statements) as statements`)
      await client.end()
      expect(rows).toEqual([{ path: '"$user", public', idle: '0', channels: 0, statements: 0 }])
      expect(nodes.flatMap((node) => node.faults)).toEqual([])
      for (const node of nodes) await node.stop()
      for (const each of wakeups) await each.close()
    })

    test('do not pretend to hear each other, since a connection that listens is another\'s the next moment', async () => {
      let ended = 0
      const deaf = new NotifyWakeup({
        connect() {
          const client = new pg.Client({ connectionString: bouncer.url })
          client.on('end', () => { ended++ })
          return client
        },
        report() {},
      })
      await eventually(async () => expect(ended).toBe(1))
      expect(deaf.isHeard).toBe(false)
      await deaf.close()
    })
  })
})
