import { expect, test } from 'vitest'
import { onEachDatabase } from '../testing/each-database.js'
import { sql } from './sql.js'
import type { Column } from './database.js'

const columns: readonly Column[] = ['name text', 'value text']

onEachDatabase('a database', (db) => {
  test('of rows that are inserted where missing, those that are there stay as they are, and so does all else of the transaction', async () => {
    let runs = 0
    const insert = (rows: string[][]) => db.transaction(async (tx) => {
      runs++
      await tx.run(sql`insert into installation (name, value) values (${`run ${rows.length}`}, 'x')`)
      await tx.last(() => tx.insertMissing('installation', columns, rows))
    }, { commitsWithLast: true })
    await insert([['a', '1'], ['b', '1']])
    expect(runs).toBe(1)
    await insert([['b', '2'], ['c', '2'], ['d', '2']])
    // PostgreSQL has assumed that none is there, and begins again.
    expect(runs).toBe(db.dialect === 'postgres' ? 3 : 2)
    expect(await db.all(sql`select name, value from installation where name in ('a', 'b', 'c', 'd', 'run 2', 'run 3') order by name`)).toEqual([
      { name: 'a', value: '1' }, { name: 'b', value: '1' }, { name: 'c', value: '2' }, { name: 'd', value: '2' }, { name: 'run 2', value: 'x' }, { name: 'run 3', value: 'x' },
    ])
  })

  test('what may not be there twice fails the transaction, also beside rows that are inserted where missing', async () => {
    const twice = db.transaction(async (tx) => {
      await tx.insertMissing('installation', columns, [['e', '1']])
      await tx.insert('installation', columns, [['f', '1'], ['f', '2']])
    })
    await expect(twice).rejects.toThrow(/unique|UNIQUE/)
    expect(await db.all(sql`select name from installation where name in ('e', 'f')`)).toEqual([])
  })
})
