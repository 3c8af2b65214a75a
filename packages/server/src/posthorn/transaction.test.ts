import pg from 'pg'
import { expect, test } from 'vitest'
import { Posthorn, type PublishStatement } from '../index.js'
import { sql } from '../storage/sql.js'
import { onPostgres } from '../testing/each-database.js'

const event = { organizationId: 'acme', type: 'order.created', data: { n: 1 } }

onPostgres('posthorn.publish in a transaction of the application', (db) => {
  const posthorn = () => new Posthorn({ database: db.path, encryptionKey: Buffer.alloc(32, 7).toString('base64') })

  test('is part of it, with the id that it gives, from a process that was never started', async () => {
    const client = new pg.Client(db.path)
    await client.connect()
    await client.query('begin')
    const { id } = await posthorn().publish({ ...event, occurredAt: new Date(0) }, { transaction: client })
    expect(await posthorn().publish({ ...event, id: 'mine' }, { transaction: (statement) => client.query(statement) })).toEqual({ id: 'mine' })
    expect(await db.all(sql`select key from outbox`)).toEqual([])
    await client.query('commit')
    await client.end()
    expect(id).toMatch(/^evt_[0-9a-f]{24}$/)
    expect(await db.all(sql`select key, data, occurred_at from outbox order by id`)).toEqual([{ key: id, data: '{"n":1}', occurred_at: 0 }, { key: 'mine', data: '{"n":1}', occurred_at: null }])
  })

  test('finds what is wrong with an event before it runs a statement', async () => {
    const seen: PublishStatement[] = []
    const transaction = (statement: PublishStatement) => Promise.resolve(seen.push(statement))
    for (const [wrong, code] of [[{ type: 'a..b' }, 'invalid_event_type'], [{ id: 'a.b' }, 'invalid_event_id'], [{ organizationId: 'a b' }, 'not_found'], [{ data: undefined }, 'invalid_request']] as const) {
      await expect(posthorn().publish({ ...event, ...wrong }, { transaction })).rejects.toMatchObject({ code })
    }
    expect(seen).toEqual([])
    await posthorn().publish(event, { transaction })
    expect(seen[0]?.strings.join('?')).toBe(seen[0]?.text.replace(/\$\d/g, '?'))
  })
})

test('on SQLite it says why that cannot be', async () => {
  const posthorn = new Posthorn({ database: 'sqlite:./never-made.db' })
  await expect(posthorn.publish(event, { transaction: () => Promise.resolve() })).rejects.toThrow('a SQLite file of its own')
})
