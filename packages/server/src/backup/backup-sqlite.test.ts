import { readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { backupSqlite } from './backup-sqlite.js'
import { openSqliteStore } from '../operations/sqlite-store.js'
import { origins } from '../events/event.js'
import { rawSql, sql } from '../storage/sql.js'
import { SqliteDatabase } from '../storage/sqlite.js'
import { onEachDatabase, type TestDatabase } from '../testing/each-database.js'
import { givenEvent, givenOrganization } from '../testing/given.js'

onEachDatabase('backup', (db) => {
  if (db.dialect !== 'sqlite') return

  test('of a database in use: whole, sound, and with all that was committed', async () => {
    const acme = await givenOrganization(db)
    await db.store()
    for (let n = 0; n < 200; n++) await givenEvent(db, acme, { data: JSON.stringify({ n, text: 'x'.repeat(2_000) }) })

    const { bytes } = backupSqlite(db.path, target(db))
    expect(bytes).toBe(statSync(target(db)).size)
    await withCopy(db, async (copy) => {
      expect(await copy.first(rawSql('pragma integrity_check'))).toEqual({ integrity_check: 'ok' })
      const all = sql`select * from events order by id`
      expect(await copy.all(all)).toEqual(await db.all(all))
      expect(await copy.all(sql`select name from schema_migrations`)).toEqual(await db.all(sql`select name from schema_migrations`))
    })
  })

  test('of a database that is written to meanwhile: one moment of it, not a mixture', async () => {
    const acme = await givenOrganization(db)
    const store = await db.store()
    const session = await store.command('beginSession', { node: 'node' })
    const over = new AbortController()
    const publishing = (async () => {
      for (let n = 0; !over.signal.aborted; n++) {
        const at = db.clock.now()
        // The stream's row and its events change together.
        await store.command('turn', {
          session, settlements: [], dispatch: undefined, release: [],
          events: Array.from({ length: 10 }, () => ({ organizationId: acme, type: 'order.created', data: `{"n":${n}}`, occurredAt: at, createdAt: at, origin: origins.api, bytes: 10 })),
        })
      }
    })()
    for (let n = 0; n < 5; n++) {
      backupSqlite(db.path, target(db, n))
      await withCopy(db, async (copy) => {
        const found = await copy.first<{ number: number; last: number; stream: number }>(sql`select count(*) as number, max(id) as last, (select last_id from streams) as stream from events`)
        if (found === undefined || found.number === 0) return
        expect(found.number % 10).toBe(0)
        expect(found.last).toBe(found.stream)
      }, n)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    over.abort()
    await publishing
  })

  test('goes on as a database of its own', async () => {
    await givenOrganization(db)
    backupSqlite(db.path, target(db))
    const store = await openSqliteStore(target(db), db.clock)
    expect(await store.query('findOrganization', { publicId: 'acme' })).toMatchObject({ publicId: 'acme' })
    await store.close()
  })

  test('is readable by its owner only, and leaves nothing beside it', () => {
    backupSqlite(db.path, target(db))
    expect(statSync(target(db)).mode & 0o777).toBe(0o600)
    expect(readdirSync(dirname(target(db))).filter((name) => name.startsWith('copy'))).toEqual([basename(target(db))])
  })

  test('never overwrites', () => {
    writeFileSync(target(db), 'precious')
    expect(() => backupSqlite(db.path, target(db))).toThrow(/exists already/)
    expect(readFileSync(target(db), 'utf8')).toBe('precious')
  })

  test('of a database that is not there: says so, and makes none', () => {
    const missing = join(dirname(db.path), 'missing.db')
    expect(() => backupSqlite(missing, target(db))).toThrow(/no database at/)
    expect(readdirSync(dirname(db.path))).not.toContain('missing.db')
  })
})

function target(db: TestDatabase, n = 0): string {
  return join(dirname(db.path), `copy-${n}.db`)
}

async function withCopy(db: TestDatabase, look: (copy: SqliteDatabase) => Promise<void>, n = 0): Promise<void> {
  const copy = new SqliteDatabase(target(db, n), { clock: () => 0, readOnly: true })
  await look(copy).finally(() => copy.close())
}
