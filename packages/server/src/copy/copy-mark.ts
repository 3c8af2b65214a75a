import { sql } from '../storage/sql.js'
import type { Database, Row } from '../storage/database.js'

/** What the target of a copy knows of it, from before the first row until for ever. */
export interface CopyMark {
  /** Which database in which state is copied; see `identityOf`. */
  source: string
  startedAt: number
  /** The table that is being copied and the key of its last row so far; those before it are complete. */
  table?: string
  after?: Row[string][]
  finishedAt?: number
}

/** The fact of the installation under which a copy's mark stands. */
export const copyFact = 'copy'

export async function readCopyMark(db: Database): Promise<CopyMark | undefined> {
  const row = await db.first<{ value: string }>(sql`select value from installation where name = ${copyFact}`)
  return row === undefined ? undefined : JSON.parse(row.value) as CopyMark
}

/**
 * Moves the mark on, in the transaction that makes it true.
 *
 * @throws when it is not where it was left: another run of the same copy is at work
 */
export async function moveCopyMark(tx: Database, { from, to }: { from: CopyMark | undefined; to: CopyMark }): Promise<void> {
  const moved = from === undefined
    ? await tx.run(sql`insert into installation (name, value) values (${copyFact}, ${JSON.stringify(to)}) on conflict (name) do nothing`)
    : await tx.run(sql`update installation set value = ${JSON.stringify(to)} where name = ${copyFact} and value = ${JSON.stringify(from)}`)
  if (moved === 0) throw new Error('Another run of this copy is at work. Let it finish, or stop it first.')
}

/** A server on half of a database would deliver half, and accept what the rest of the copy then collides with. */
export function refuseHalfCopied(fact: string | undefined): void {
  if (fact !== undefined && (JSON.parse(fact) as CopyMark).finishedAt === undefined) throw new Error('This database is the target of a copy that has not finished. Run the same `posthorn copy` again; it goes on where it stopped.')
}
