import pg from 'pg'
import { withoutNull } from './postgres-arrays.js'
import { asDatabaseError, isForgotten } from './postgres-errors.js'
import { rawSql, render, type Sql, type Value } from './sql.js'
import type { StatementNames } from './statement-names.js'

/** One connection, for the time of one transaction. */
export class PostgresConnection {
  readonly #client: pg.PoolClient
  readonly #timeoutMs: number
  readonly #names: StatementNames | undefined
  #isOver = false
  #isCommitUnderWay = false
  #isCommitted = false
  /** Whatever was asked last, where statements are not sent ahead. */
  #last: Promise<unknown> = Promise.resolve()
  /** Statements may be sent before the answers to earlier ones have come. So it is in our own pool, not in one handed over. */
  readonly isPipelined: boolean

  constructor(client: pg.PoolClient, timeoutMs: number, names: StatementNames | undefined) {
    this.#client = client
    this.#timeoutMs = timeoutMs
    this.#names = names
    this.isPipelined = (client as pg.PoolClient & { pipeline?: boolean }).pipeline === true
  }

  /** Those that are sent without waiting for each other's answers run one after another, as they were sent. */
  query(query: Sql): Promise<pg.QueryResult> {
    if (this.isPipelined) return this.#send(query)
    const answer = this.#last.then(() => this.#send(query))
    this.#last = answer.catch(ignore)
    return answer
  }

  async #send(query: Sql): Promise<pg.QueryResult> {
    // It may be somebody else's by now, and what is asked would be done in their transaction.
    if (this.#isOver) throw new Error('The transaction is over.')
    const { text, values } = render(query, (n) => `$${n}`)
    // What has no values is not prepared, and may be several statements.
    const isCommitUnderWay = this.#isCommitUnderWay
    const name = values.length > 0 ? this.#names?.of(text) : undefined
    try {
      return await this.#client.query({ text, name, values: values.map(asParameter), types, query_timeout: this.#timeoutMs } as pg.QueryConfig)
    } catch (error) {
      throw asDatabaseError(error, { isCommitUnderWay })
    }
  }

  /** Sends what cannot fail unless the connection does, or spoils the transaction so that all after it fails; so nobody waits for it. */
  async sendAhead(text: string): Promise<void> {
    const answer = this.query(rawSql(text))
    answer.catch(ignore)
    if (!this.isPipelined) await answer
  }

  get isCommitted(): boolean { return this.#isCommitted }

  commit(): Promise<void> {
    return this.commitAfter(() => Promise.resolve())
  }

  /** Sends the commit right behind the statements that `send` sends. Should one of them fail, it ends the transaction without having done anything. */
  async commitAfter<T>(send: () => Promise<T>): Promise<T> {
    this.#isCommitUnderWay = true
    const answer = send()
    answer.catch(ignore)
    this.#isOver = true
    const commit = this.#client.query({ text: 'commit', query_timeout: this.#timeoutMs } as pg.QueryConfig)
    commit.catch(ignore)
    const result = await answer
    try {
      const { command } = await commit
      if (command !== 'COMMIT') throw new Error('The transaction was rolled back, because a statement in it had failed.')
    } catch (error) {
      throw asDatabaseError(error, { isCommitUnderWay: true })
    }
    this.#isCommitted = true
    return result
  }

  release(): void {
    this.#isOver = true
    this.#client.release()
  }

  async rollBackAndRelease(why: unknown): Promise<void> {
    this.#isOver = true
    if (isForgotten(why)) {
      this.#client.release(why as Error)
      return
    }
    try {
      await this.#last
      await this.#client.query({ text: 'rollback', query_timeout: rollBackWithinMs } as pg.QueryConfig)
      this.#client.release()
    } catch (error) {
      this.#client.release(error as Error)
    }
  }
}

const rollBackWithinMs = 2_000

const int8 = 20
const numeric = 1700
const bool = 16

/** Whole numbers are numbers: ours stay below 2^53, sums included. Yes-or-no is 1 or 0, as on SQLite. */
const types = {
  getTypeParser(oid: number, format?: 'text' | 'binary') {
    if (oid === int8 || oid === numeric) return Number
    if (oid === bool) return (text: string) => text === 't' ? 1 : 0
    return pg.types.getTypeParser(oid, format as 'text') as (text: string) => unknown
  },
}

function asParameter(value: Value): Value {
  return typeof value === 'string' ? withoutNull(value) : value
}

/** For a failure that is told by another promise or event. */
export function ignore(): void { /* nothing */ }
