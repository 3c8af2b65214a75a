import { createHash } from 'node:crypto'
import { makePartitionsAhead } from '../partitions/make-partitions.js'
import { readMigrations } from '../storage/migrate.js'
import { join, rawSql, sql } from '../storage/sql.js'
import { cleanRow } from './clean-start.js'
import { copiedTables, ownFacts, type CopiedTable } from './copied-tables.js'
import { moveCopyMark, readCopyMark, type CopyMark } from './copy-mark.js'
import { raiseLastNumbers, readLastNumbers, type LastNumbers } from './last-numbers.js'
import { refuseAtWork, type Place } from './place.js'
import { readBatches, writeRows } from './rows.js'
import { digestTable, type TableDigest } from './table-digest.js'
import { readTables } from './tables.js'
import type { Database } from '../storage/database.js'

/** What a table holds on either side once it is copied. */
export interface ComparedTable { name: string; source: TableDigest; target: TableDigest; isSame: boolean }

export interface CopyResult {
  tables: ComparedTable[]
  isSame: boolean
}

/**
 * Copies all of one database to another: ids, deliveries in every state, sealed secrets as they are. The target begins
 * cleanly, as if the source had been stopped well. Killed at any moment and run again, it goes on. At the end both sides
 * are read and compared.
 *
 * @throws when the source is not up to date, or the target holds anything but an earlier run of this same copy
 */
export async function copyDatabase(source: Place, target: Place, { now, tell = () => {} }: { now: () => number; tell?: (progress: CopyProgress) => void }): Promise<CopyResult> {
  return source.snapshot(async (from) => {
    await refuseUnfit(from)
    // The target may have been made long ago, and the source's newest day needs its place in it.
    await makePartitionsAhead(target.db)
    const tables = copiedTables(await readTables(from), await readTables(target.db))
    const lastNumbers = await readLastNumbers(from)
    let mark = await begin(target.db, tables, { source: await identityOf(from, lastNumbers), startedAt: now() })

    const firstLeft = mark.table === undefined ? 0 : tables.findIndex(({ name }) => name === mark.table)
    for (const table of tables.slice(firstLeft)) mark = await copyTable(from, target.db, table, mark, tell)
    await raiseLastNumbers(target.db, lastNumbers)

    const compared = await compare(from, target, tables, mark)
    const isSame = compared.every((table) => table.isSame)
    if (isSame) {
      // The planner knows nothing of tables that were filled a moment ago.
      await target.db.run(rawSql('analyze'))
      await target.db.transaction((tx) => moveCopyMark(tx, { from: mark, to: { source: mark.source, startedAt: mark.startedAt, finishedAt: now() } }))
    }
    return { tables: compared, isSame }
  })
}

const isNoOwnFact = join(ownFacts.map((name) => sql`name <> ${name}`), ' and ')

/** Told after every batch: rows of a table so far, in this run. */
export interface CopyProgress { table: string; rows: number }

async function copyTable(from: Database, target: Database, table: CopiedTable, mark: CopyMark, tell: (progress: CopyProgress) => void): Promise<CopyMark> {
  let rows = 0
  let current = mark
  for await (const batch of readBatches(from, table, mark.table === table.name ? mark.after : undefined)) {
    const clean = batch.rows.map((row) => cleanRow(table.name, row, mark)).filter((row) => row !== undefined)
    const next: CopyMark = { source: mark.source, startedAt: mark.startedAt, table: table.name, after: batch.last as NonNullable<CopyMark['after']> }
    await target.transaction(async (tx) => {
      await moveCopyMark(tx, { from: current, to: next })
      await writeRows(tx, table, clean)
    })
    current = next
    rows += clean.length
    tell({ table: table.name, rows })
  }
  return current
}

/** The mark to go on from: the one of an earlier run, or a new one on an empty target. */
async function begin(target: Database, tables: readonly CopiedTable[], fresh: CopyMark): Promise<CopyMark> {
  return target.transaction(async (tx) => {
    const mark = await readCopyMark(tx)
    if (mark !== undefined) {
      if (mark.finishedAt !== undefined) throw new Error(`The target is the result of a copy that finished at ${new Date(mark.finishedAt).toISOString()}. To copy again, give an empty database.`)
      if (mark.source !== fresh.source) throw new Error('The target holds an unfinished copy of another database, or of this one before it went on working. Give an empty database.')
      return mark
    }
    for (const { name } of tables) {
      const holdsAny = name === 'installation' ? sql`select 1 as found from installation where ${isNoOwnFact} limit 1` : rawSql(`select 1 as found from "${name}" limit 1`)
      if (await tx.first(holdsAny) !== undefined) throw new Error(`The target holds data already (in ${name}). Give an empty database; one that only \`posthorn migrate\` has seen is empty.`)
    }
    await moveCopyMark(tx, { from: undefined, to: fresh })
    return fresh
  })
}

async function refuseUnfit(source: Database): Promise<void> {
  const applied = (await source.all<{ number: number }>(sql`select number from schema_migrations order by number`)).map(({ number }) => number)
  const known = readMigrations(source.dialect).map(({ number }) => number)
  if (applied.some((number) => !known.includes(number))) throw new Error('The source was made by a newer version of Posthorn. Copy it with that one.')
  if (applied.length < known.length) throw new Error('The source is of an older version. Bring it up to date first: `posthorn migrate --database-url <source>`.')

  const mark = await readCopyMark(source)
  if (mark !== undefined && mark.finishedAt === undefined) throw new Error('The source is itself the target of a copy that has not finished.')
  await refuseAtWork(source)
}

/** Tells this database in this state from every other: when its schema was made, what is known of it, and how far it has counted. */
async function identityOf(source: Database, lastNumbers: LastNumbers): Promise<string> {
  const facts = [
    await source.all(sql`select number, applied_at from schema_migrations order by number`),
    await source.all(sql`select name, value from installation where ${isNoOwnFact} order by name`),
    [...lastNumbers].sort(([a], [b]) => a < b ? -1 : 1),
  ]
  return createHash('sha256').update(JSON.stringify(facts)).digest('hex')
}

async function compare(from: Database, target: Place, tables: readonly CopiedTable[], mark: CopyMark): Promise<ComparedTable[]> {
  return target.snapshot(async (to) => {
    const compared: ComparedTable[] = []
    for (const table of tables) {
      const [inSource, inTarget] = [await digestTable(from, table, mark), await digestTable(to, table, mark)]
      compared.push({ name: table.name, source: inSource, target: inTarget, isSame: inSource.rows === inTarget.rows && inSource.digest === inTarget.digest })
    }
    return compared
  })
}
