import { createHash } from 'node:crypto'
import { oneAtATime } from '../storage/one-at-a-time.js'
import { sql } from '../storage/sql.js'
import type { Database } from '../storage/database.js'
import type { FormatDefinition } from './format.js'

/**
 * Stores each definition that is not the newest of its name yet, and gives all that deliveries may have been made with,
 * by their numbers. Dispatch takes the newest of a name.
 */
export async function registerFormats(db: Database, { definitions }: { definitions: readonly FormatDefinition[] }): Promise<{ id: number; definition: FormatDefinition }[]> {
  return db.transaction(async (tx) => {
    await oneAtATime(tx, 'register formats')
    for (const definition of definitions) {
      const text = JSON.stringify(definition)
      const digest = createHash('sha256').update(text).digest('hex')
      const newest = await tx.first<{ digest: string }>(sql`select digest from formats where name = ${definition.name} order by id desc limit 1`)
      if (newest?.digest === digest) continue
      await tx.run(sql`insert into formats (name, digest, definition) values (${definition.name}, ${digest}, ${text})`)
    }
    const rows = await tx.all<{ id: number; definition: string }>(sql`select id, definition from formats order by id`)
    return rows.map((row) => ({ id: row.id, definition: JSON.parse(row.definition) as FormatDefinition }))
  })
}
