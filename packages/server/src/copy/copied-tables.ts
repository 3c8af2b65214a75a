import { copyFact } from './copy-mark.js'
import { partitionedFact } from '../partitions/make-partitions.js'
import { undeliveredFact } from '../partitions/undelivered-span.js'
import { inOrderOfReference, type Table } from './tables.js'

/** Tables that are not copied, each for its reason. Every other one is. */
export const notCopied: ReadonlyMap<string, string> = new Map([
  ['schema_migrations', 'Each database has been brought up to date by itself.'],
  ['sessions', 'They belong to processes that are not running any more.'],
  ['event_ids', 'A row on SQLite, a sequence on PostgreSQL: it is set, not copied.'],
  ['receipt_ids', 'A row on SQLite, a sequence on PostgreSQL: it is set, not copied.'],
])

/** Facts of an installation that tell of the database itself rather than of what is in it. */
export const ownFacts: readonly string[] = [copyFact, partitionedFact, undeliveredFact]

/** A table that both databases have, with the columns that are copied, and in the source's types. */
export interface CopiedTable { name: string; columns: { name: string; type: string }[]; key: string[] }

/**
 * What is copied from tables of `source` to those of `target`, in an order in which no row comes before one that it refers to.
 *
 * @throws where something of the source has no place in the target, so that nothing is ever left behind unnoticed
 */
export function copiedTables(source: readonly Table[], target: readonly Table[]): CopiedTable[] {
  const targets = new Map(target.map((table) => [table.name, table]))
  return inOrderOfReference(source.filter(({ name }) => !notCopied.has(name))).map(({ name, columns, key }) => {
    const counterpart = targets.get(name)
    if (counterpart === undefined) throw new Error(`The table ${name} has no counterpart in the target.`)
    const homeless = columns.find((column) => !counterpart.columns.some((other) => other.name === column.name))
    if (homeless !== undefined) throw new Error(`The column ${name}.${homeless.name} has no counterpart in the target.`)
    // What has no key has a single row; all of that is as good as one.
    return { name, columns, key: key.length > 0 ? key : columns.map((column) => column.name) }
  })
}
