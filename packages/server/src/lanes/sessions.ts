import { randomUUID } from 'node:crypto'
import { sql } from '../storage/sql.js'
import { notBefore } from './not-before.js'
import type { Database } from '../storage/database.js'

/** How long a session is alive without being renewed: longer than any attempt may take. */
export const sessionMs = 45_000
export const renewEveryMs = 5_000
/** One that was not renewed for so long is left out when organizations are shared, well before it may be fenced. */
const doubtfulMs = 12_000

export interface SessionOptions {
  token?: string
  /** What the node takes its share of. */
  dispatches?: boolean
  delivers?: boolean
}

/** A node that was there a moment ago, and what it takes its share of. */
export interface LiveNode { node: string; dispatches: boolean; delivers: boolean }

/** This node's claim on its lanes is gone: another has taken over, or may have. It must begin anew. */
export class SessionLost extends Error {
  override readonly name = 'SessionLost'
  constructor() { super('The session of this node has ended; its lanes may belong to another.') }
}

/**
 * Begins a session for a node and returns its token. Tokens are random: a counter could repeat after a failover.
 * An earlier session of the same node is fenced at once, so that a restart need not wait until it has run out.
 * A `token` of the caller's own makes it harmless to begin the same session again, where the reply was lost.
 */
export async function beginSession(db: Database, node: string, { token = randomUUID(), dispatches = false, delivers = false }: SessionOptions = {}): Promise<string> {
  await db.transaction(async (tx) => {
    const earlier = await tx.all<{ token: string }>(sql`delete from sessions where node = ${node} and token <> ${token} returning token`)
    for (const session of earlier) await adopt(tx, session.token)
    await tx.run(sql`
      insert into sessions (token, node, alive_until, dispatches, delivers) values (${token}, ${node}, ${tx.now} + ${sessionMs}, ${dispatches}, ${delivers})
      on conflict (token) do nothing`)
  })
  return token
}

export async function renewSession(db: Database, token: string): Promise<void> {
  const renewed = await db.run(sql`update sessions set alive_until = ${db.now} + ${sessionMs} where token = ${token}`)
  if (renewed === 0) throw new SessionLost()
}

export async function liveNodes(db: Database): Promise<LiveNode[]> {
  const rows = await db.all<{ node: string; dispatches: number; delivers: number }>(sql`
    select node, dispatches, delivers from sessions where alive_until > ${db.now} + ${sessionMs - doubtfulMs} order by node`)
  return rows.map(({ node, dispatches, delivers }) => ({ node, dispatches: dispatches === 1, delivers: delivers === 1 }))
}

/** The last thing that a node does: its lanes are free at once. */
export async function endSession(db: Database, token: string): Promise<void> {
  await db.transaction(async (tx) => {
    const ended = await tx.run(sql`delete from sessions where token = ${token}`)
    if (ended > 0) await adopt(tx, token)
  })
}

/** Ends the sessions that were not renewed in time, whoever's they are, and frees what they owned. */
export async function fenceDeadSessions(db: Database): Promise<number> {
  return db.transaction(async (tx) => {
    // One whose settlement is under way is stepped over rather than waited for: the others must not wait with it.
    const lock = tx.dialect === 'postgres' ? sql`for update skip locked` : sql``
    const dead = await tx.all<{ token: string }>(sql`
      delete from sessions where token in (select token from sessions where alive_until < ${tx.now} order by token ${lock}) returning token`)
    for (const session of dead) await adopt(tx, session.token)
    return dead.length
  })
}

/**
 * Proves inside a transaction that the session still exists. The lock (PostgreSQL) is one that a fence must wait for, so
 * what follows in the transaction happens under this ownership.
 */
export async function proveSession(tx: Database, token: string): Promise<void> {
  const lock = tx.dialect === 'postgres' ? sql`for key share` : sql``
  if (await tx.first(sql`select 1 as found from sessions where token = ${token} ${lock}`) === undefined) throw new SessionLost()
}

/** What a session held in memory is due again now, and its lanes are free. A fenced session can no longer write. */
async function adopt(tx: Database, token: string): Promise<void> {
  // Whoever dispatches to these lanes just now is waited for, so that what follows sees what they have made.
  if (tx.dialect === 'postgres') await tx.all(sql`select endpoint_id from lanes where session = ${token} order by endpoint_id for update`)
  await tx.run(sql`
    update deliveries set state = 1, due_at = ${tx.now}
    where state = 0 and endpoint_id in (select endpoint_id from lanes where session = ${token})`)
  await tx.run(sql`
    update lanes set session = null, wake_at = (
      select ${notBefore(tx, sql`min(d.due_at)`)} from deliveries d join endpoints e on e.id = d.endpoint_id
      where d.endpoint_id = lanes.endpoint_id and d.state = 1 and e.state = 0)
    where session = ${token}`)
}
