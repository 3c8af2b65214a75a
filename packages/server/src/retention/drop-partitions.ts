import { isFreeToDo } from '../storage/one-at-a-time.js'
import { rawSql } from '../storage/sql.js'
import { firstIdOfDay, msPerDay } from '../ids/id-days.js'
import { readPartitions, type Partition } from '../partitions/partitions.js'
import { discardUndelivered, hasUndelivered } from './discard-overdue.js'
import { undeliveredDiscardedTo } from './removed-to.js'
import type { Database } from '../storage/database.js'

/** Longer than any transaction of ours waits for a lock; whoever reads for hours makes this give up and try at its next time. */
const detachWithinMs = 10_000
const discardedAtOnce = 500

/**
 * On PostgreSQL, drops the days that were kept long enough, table by table, and tells how many partitions that were.
 * Stopped at any statement it leaves a partition that is half detached, or detached and not dropped: the next run ends it.
 */
export async function dropPartitions(db: Database, { payloadsBefore, attemptsBefore }: { payloadsBefore: number; attemptsBefore: number }): Promise<number> {
  if (db.dialect === 'sqlite') return 0
  // As with rows: what was given up undelivered stays to be seen for a day, and nothing goes that was not given up.
  const belowLog = Math.min(firstIdOfDay(attemptsBefore - msPerDay), await undeliveredDiscardedTo(db) + 1)
  const below = { attempts: belowLog, deliveries: belowLog, events: Math.min(firstIdOfDay(payloadsBefore - msPerDay), belowLog) }
  const old = (await readPartitions(db)).filter(({ table, belowId }) => belowId <= below[table])
  // PostgreSQL begins no second one of a table while one is half detached.
  old.sort((a, b) => Number(b.state === 'detaching') - Number(a.state === 'detaching'))
  let dropped = 0
  for (const partition of old) if (await drop(db, partition)) dropped++
  return dropped
}

async function drop(db: Database, { name }: Partition): Promise<boolean> {
  return db.transaction(async (tx) => {
    if (!await isFreeToDo(tx, 'drop old days')) return false
    // Another node may have done it since.
    const partition = (await readPartitions(tx)).find((present) => present.name === name)
    if (partition === undefined) return false
    // Concurrently: else everybody who publishes would wait behind this, and this behind the longest reader. What `tx` holds
    // meanwhile is no lock on any table.
    const { table, state, belowId } = partition
    // Given up a day ago, but for what was asked for once more at that moment.
    if (table === 'deliveries' && state === 'attached' && await hasUndelivered(db, belowId)) {
      await db.transaction((own) => discardUndelivered(own, belowId, discardedAtOnce))
      return false
    }
    if (state !== 'apart') await db.runAlone(rawSql(`alter table posthorn.${table} detach partition posthorn.${name} ${state === 'detaching' ? 'finalize' : 'concurrently'}`), detachWithinMs)
    await tx.run(rawSql(`set local lock_timeout = '5s'`))
    await tx.run(rawSql(`drop table posthorn.${name}`))
    return true
  })
}
