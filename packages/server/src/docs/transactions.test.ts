import { expect, test } from 'vitest'
import { relayRows } from '../outbox/relay-rows.js'
import { waitingInOutbox } from '../outbox/waiting.js'
import { sql } from '../storage/sql.js'
import { readDocuments } from '../testing/documents.js'
import { onPostgres } from '../testing/each-database.js'
import { givenOrganization } from '../testing/given.js'
import { withClient } from '../testing/postgres-setup.js'

onPostgres('the SQL of docs/transactions.md', (db) => {
  const blocks = readDocuments().find(({ name }) => name === 'docs/transactions.md')?.blocks.filter(({ language }) => language === 'sql').map(({ code }) => code) ?? []
  const [inTransaction = '', trigger = '', rights = '', look = '', tryAgain = ''] = blocks
  const relay = async () => relayRows(db, { ids: (await waitingInOutbox(db, { limit: 10 })).map(({ id }) => id), at: db.clock.now() })

  test('publishes, in a trigger too, as a role that may only publish; what is parked is shown and tried again', async () => {
    expect(blocks).toHaveLength(5)
    await withClient(db.path, async (client) => {
      await client.query('create table orders (id int primary key, total numeric)')
      await client.query(inTransaction)
      await client.query(trigger)
      await relay()
      expect((await client.query(look)).rows).toMatchObject([{ organization: 'acme', type: 'order.created' }, { type: 'order.updated', problem: 'not_found: There is no organization "acme".' }])

      await givenOrganization(db, 'acme')
      await client.query(tryAgain)
      await relay()
      expect(await db.all(sql`select type, data from events order by id`)).toEqual([{ type: 'order.created', data: '{"orderNumber": 1042, "total": 99.90}' }, { type: 'order.updated', data: '{"id":1042,"total":89.90}' }])

      // A role is the whole server's, so it must not be one that is there already, nor stay.
      const role = `shop_of_docs_${process.pid}`
      await client.query(rights.replaceAll('shop', role))
      try {
        await client.query(`set role ${role}; select posthorn.publish('acme', 'order.paid', '{}', id => 'order-1042-paid')`)
        await expect(client.query('select * from posthorn.outbox')).rejects.toThrow('permission denied')
      } finally {
        await client.query(`reset role; drop owned by ${role}; drop role ${role}`)
      }
    })
  })
})
