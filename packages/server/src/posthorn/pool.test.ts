import pg from 'pg'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { Posthorn } from '../index.js'
import { PostgresServer } from '../testing/postgres-server.js'

const apiKey = 'an admin key of more than thirty-two characters'

describe.skipIf(inject('postgres') === null)('on a pool of the application', () => {
  let server: PostgresServer | undefined
  let pool: pg.Pool
  beforeAll(async () => {
    // One that keeps what it commits: another is refused.
    server = await PostgresServer.start()
    pool = new pg.Pool({ connectionString: server?.url, max: 10 })
    // As every application with a pool must, for connections that end while nobody uses them.
    pool.on('error', () => {})
  })
  afterAll(async () => {
    await pool.end()
    await server?.stop()
  })

  test('two in one process share the database: what one publishes, in a transaction of the same pool, the other\'s handler is told', async () => {
    const listeners = () => [pool.listenerCount('error'), pool.listenerCount('connect')]
    const before = listeners()
    const options = { database: pool, apiKey, encryptionKey: Buffer.alloc(32, 7).toString('base64') }
    const seen: unknown[] = []
    const web = new Posthorn(options)
    const worker = new Posthorn(options).on('order.*', { name: 'emails' }, ({ id, data }) => { seen.push([id, data]) })
    await web.start()
    await worker.start()
    try {
      const made = await web.fetch(new Request('http://localhost/v1/organizations', { method: 'POST', headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' }, body: '{"id":"acme","name":"Acme"}' }))
      expect(made.status).toBe(201)
      await web.publish({ organizationId: 'acme', type: 'order.created', data: 1, id: 'one' })
      await expect.poll(() => seen, { timeout: 10_000 }).toEqual([['one', 1]])

      const client = await pool.connect()
      await client.query('begin')
      const { id } = await web.publish({ organizationId: 'acme', type: 'order.paid', data: 2 }, { transaction: client })
      await client.query('commit')
      client.release()
      await expect.poll(() => seen, { timeout: 10_000 }).toEqual([['one', 1], [id, 2]])
    } finally {
      await Promise.all([web.stop(), worker.stop()])
    }
    expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }])
    expect(listeners()).toEqual(before)
  })
})
