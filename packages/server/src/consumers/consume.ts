import { append } from '../events/append.js'
import { origins, type NewEvent } from '../events/event.js'
import { join, sql } from '../storage/sql.js'
import { afterFailure } from './after-failure.js'
import { builtInConsumers } from './built-in-consumers.js'
import { consumerNames, type ConsumerName } from './consumer-names.js'
import { park, unpark } from './dead-letters.js'
import { readAhead, readDueDeadLetters, type EventAhead } from './read-ahead.js'
import type { Column, Database } from '../storage/database.js'
import type { Consumer, ConsumerSettings, Publication } from './consumer.js'

/** A consumer of an organization. */
export interface CursorKey { consumer: string; organizationId: number }

export interface Consumed {
  /** Organizations whose streams got something; it has to be dispatched. */
  moved: number[]
  /** Those of the asked-for that have more to do at once. */
  behind: CursorKey[]
  parked: { consumer: string; organizationId: number; eventId: number; reason: string }[]
}

const cursorColumns: readonly Column[] = ['name text', 'organization_id int']
const organizationColumns: readonly Column[] = ['id int']

/** Those of these organizations that have a consumer of Posthorn's own. */
export async function followingOrganizations(db: Database, { organizations }: { organizations: readonly number[] }): Promise<number[]> {
  const rows = await db.all<{ organization_id: number }>(sql`
    select distinct organization_id from consumers
    where organization_id in (select id from ${db.rows(organizations.map((id) => [id]), organizationColumns)} as r)
      and name in (${join(consumerNames.map((name) => sql`${name}`), ', ')})`)
  return rows.map((row) => row.organization_id)
}

/** Consumers of Posthorn's own that have something to read; of these organizations, or of all. Who was served longest ago comes first. */
export async function dueConsumers(db: Database, { organizations, limit }: { organizations: readonly number[] | undefined; limit: number }): Promise<CursorKey[]> {
  const ofThese = (column: 'c' | 'd') => {
    if (organizations === undefined) return sql``
    const these = sql`in (select id from ${db.rows(organizations.map((id) => [id]), organizationColumns)} as r)`
    return column === 'c' ? sql`and c.organization_id ${these}` : sql`and d.organization_id ${these}`
  }
  const names = join(consumerNames.map((name) => sql`${name}`), ', ')
  const rows = await db.all<{ name: string; organization_id: number }>(sql`
    select name, organization_id from (
      select c.name, c.organization_id, c.due_at from consumers c join streams s on s.organization_id = c.organization_id
      where c.name in (${names}) and c.read_id < s.last_id and c.due_at <= ${db.now} ${ofThese('c')}
      union
      select c.name, c.organization_id, c.due_at from consumer_dead_letters d
      join consumers c on c.name = d.consumer and c.organization_id = d.organization_id
      where d.replay_at is not null and d.consumer in (${names}) ${ofThese('d')}
    ) as due
    order by due_at, organization_id, name limit ${limit}`)
  return rows.map((row) => ({ consumer: row.name, organizationId: row.organization_id }))
}

/**
 * Lets these consumers take in what comes next, `limit` events in all, in one transaction: what they keep, how far they
 * have read and what they publish is stored together or not at all, so a crash repeats nothing and loses nothing. An event
 * that fails stands in a savepoint of its own.
 */
export async function consume(db: Database, { cursors, limit, at, settings }: { cursors: readonly CursorKey[]; limit: number; at: number; settings: ConsumerSettings }): Promise<Consumed> {
  return db.transaction(async (tx) => {
    const result: Consumed = { moved: [], behind: [], parked: [] }
    const published: NewEvent[] = []
    let left = limit
    for (const cursor of await lockCursors(tx, cursors)) {
      if (left <= 0) {
        result.behind.push(keyOf(cursor))
        continue
      }
      const step = new Step(tx, cursor, settings, at)
      left -= await step.run(left)
      published.push(...step.published)
      result.parked.push(...step.parked)
      if (step.hasMore) result.behind.push(keyOf(cursor))
    }
    if (published.length > 0) {
      await append(tx, published)
      result.moved = [...new Set(published.map(({ organizationId }) => organizationId))]
    }
    return result
  })
}

interface Cursor { name: ConsumerName; organization_id: number; read_id: number; attempts: number; is_due: number; last_id: number }

/** Another node's are stepped over: it takes in what comes next. */
function lockCursors(tx: Database, cursors: readonly CursorKey[]): Promise<Cursor[]> {
  const lock = tx.dialect === 'postgres' ? sql`for update of c skip locked` : sql``
  return tx.all<Cursor>(sql`
    select c.name, c.organization_id, c.read_id, c.attempts, case when c.due_at <= ${tx.now} then 1 else 0 end as is_due, s.last_id
    from consumers c join streams s on s.organization_id = c.organization_id
    where (c.name, c.organization_id) in (select name, organization_id from ${tx.rows(cursors.map(({ consumer, organizationId }) => [consumer, organizationId]), cursorColumns)} as r)
    order by c.name, c.organization_id ${lock}`)
}

function keyOf({ name, organization_id: organizationId }: Cursor): CursorKey {
  return { consumer: name, organizationId }
}

/** One consumer's turn in one organization. */
class Step {
  readonly published: NewEvent[] = []
  readonly parked: Consumed['parked'] = []
  hasMore = false

  constructor(private readonly tx: Database, private readonly cursor: Cursor, private readonly settings: ConsumerSettings, private readonly at: number) {}

  /** Reads at most `limit` events and tells how many it read. */
  async run(limit: number): Promise<number> {
    const dead = await readDueDeadLetters(this.tx, { organizationId: this.cursor.organization_id, consumer: this.cursor.name, limit })
    for (const event of dead) await this.#tryDeadLetter(event)
    if (this.cursor.is_due !== 1) return dead.length
    const events = await readAhead(this.tx, { organizationId: this.cursor.organization_id, after: this.cursor.read_id, limit, types: this.#consumer.types })
    await this.#goOn(events, events.length < limit)
    return dead.length + events.length
  }

  get #consumer(): Consumer { return builtInConsumers[this.cursor.name] }

  async #goOn(events: readonly EventAhead[], isAll: boolean): Promise<void> {
    let { read_id: readId, attempts } = this.cursor
    let waitMs = 0
    for (const event of events) {
      const failure = event.data === null ? undefined : await this.#tryToConsume(event, attempts)
      if (failure?.kind === 'again') {
        ({ attempts, waitMs } = failure)
        break
      }
      if (failure !== undefined) await this.#park(event, failure)
      readId = event.id
      attempts = 0
    }
    // Read to the end as it stood when the cursor was locked; what a rolled back event left is nothing to come back for.
    if (isAll && waitMs === 0) readId = Math.max(readId, this.cursor.last_id)
    this.hasMore = waitMs === 0 && !isAll
    await this.tx.run(sql`
      update consumers set read_id = ${readId}, attempts = ${attempts}, due_at = ${this.tx.now} + ${waitMs}
      where name = ${this.cursor.name} and organization_id = ${this.cursor.organization_id}`)
  }

  async #tryDeadLetter(event: EventAhead & { attempts: number }): Promise<void> {
    const failure = event.data === null
      ? { kind: 'parked' as const, attempts: event.attempts, reason: 'The event is not kept any more.' }
      : await this.#tryToConsume(event, Infinity)
    if (failure?.kind === 'parked') await this.#park(event, { ...failure, attempts: event.attempts + 1 })
    else await unpark(this.tx, { organizationId: event.organizationId, consumer: this.cursor.name, eventId: event.id })
  }

  /** Undefined where it went well. A failure that is the database's own fails the whole transaction. */
  async #tryToConsume(event: EventAhead, attempts: number) {
    try {
      const publications = await this.tx.transaction((point) => this.#consumer.consume(point, { ...event, data: event.data as string }, this.settings))
      this.published.push(...publications.map((publication) => this.#asEvent(publication, event)))
      return undefined
    } catch (error) {
      if (isOfTheDatabase(error)) throw error
      return afterFailure(error, attempts)
    }
  }

  async #park(event: EventAhead, { attempts, reason }: { attempts: number; reason: string }): Promise<void> {
    const parked = { consumer: this.cursor.name, organizationId: event.organizationId, eventId: event.id, reason }
    await park(this.tx, { ...parked, attempts })
    this.parked.push(parked)
  }

  #asEvent({ type, data, isAlert = false }: Publication, cause: EventAhead): NewEvent {
    const text = JSON.stringify(data)
    return {
      organizationId: cause.organizationId, type, data: text, occurredAt: cause.occurredAt, createdAt: this.at, origin: isAlert ? origins.alert : origins.consumer,
      receiptId: cause.receiptId ?? undefined, bytes: text.length,
    }
  }
}

/**
 * Away, full, locked (`errcode` is SQLite's: busy, locked, read-only, I/O, full, cannot open), or in another's way on
 * PostgreSQL (serialization, deadlock): the same event may go well later, so it is not to blame.
 */
function isOfTheDatabase(error: unknown): boolean {
  const { name, errcode, code } = error as Error & { errcode?: number; code?: string }
  return name === 'DatabaseAway' || code === '40001' || code === '40P01' || (errcode !== undefined && [5, 6, 8, 10, 13, 14].includes(errcode & 0xff))
}
