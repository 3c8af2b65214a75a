import pg from 'pg'
import { PostgresConnection, ignore } from './postgres-connection.js'
import { asDatabaseError, isDuplicate, isForgotten, maySucceedAtOnce } from './postgres-errors.js'
import { isPooled } from './postgres-pooler.js'
import { insertRows, postgresRows } from './postgres-rows.js'
import { rawSql, sql, type Sql } from './sql.js'
import { StatementNames, connectionLivesMs } from './statement-names.js'
import type { Column, Database, Row, TransactionOptions } from './database.js'

export interface PostgresOptions {
  /** Connections at most. A pool that was handed over keeps its own. */
  poolSize?: number
  /** How long one statement may take before its connection is given up. 0: as long as it likes. */
  statementTimeoutMs?: number
  /** For tests, which move time: what `now` is, instead of the database's own clock. */
  clock?: () => number
  /** For tests: a server that forgets at a power cut what it has acknowledged is refused otherwise. */
  allowFsyncOff?: boolean
}

/**
 * What begins every transaction, sent along with its first statement. `local`, because behind pgbouncer (transaction
 * mode) a setting of the session would be another's session's next moment; for the same reason statements have names only
 * where there is no pooler. The isolation and the durability are what Posthorn relies on, whatever the server's or the
 * role's default is. And a node that is stopped in the middle of a transaction must not hold its locks for ever: between two
 * of its statements there are never seconds, and whoever waits for it waits with all its publishers.
 */
const begin = 'begin isolation level read committed read write; set local search_path = posthorn; set local synchronous_commit = on; set local idle_in_transaction_session_timeout = 5000'

/** A PostgreSQL database. All that is Posthorn's lies in its schema `posthorn`, which no statement needs to name. */
export class PostgresDatabase implements Database {
  readonly dialect = 'postgres'
  readonly #pool: pg.Pool
  readonly #isOwnPool: boolean
  readonly #options: PostgresOptions
  /** Undefined where a connection may be another server process's the next moment. */
  #names: StatementNames | undefined

  private constructor(source: string | pg.Pool, options: PostgresOptions) {
    this.#options = options
    this.#isOwnPool = typeof source === 'string'
    this.#pool = typeof source === 'string' ? makePool(source, options) : source
    // Whoever uses a connection learns of its end by the failure of what it asked. Nobody must die of an idle one's.
    this.#pool.on('error', ignore)
    this.#pool.on('connect', ignoreErrorsOf)
  }

  /** Connects and makes sure that this server is one on which a commit is kept. */
  static async open(source: string | pg.Pool, options: PostgresOptions = {}): Promise<PostgresDatabase> {
    const db = new PostgresDatabase(source, options)
    try {
      await db.#refuseUnfit()
      if (db.#isOwnPool && !await db.#isPooled()) db.#names = new StatementNames()
      return db
    } catch (error) {
      await db.close()
      throw error
    }
  }

  get now(): Sql {
    return this.#options.clock === undefined ? databaseClock : sql`${this.#options.clock()}::bigint`
  }

  async all<T = Row>(query: Sql): Promise<T[]> {
    return (await this.#alone(query)).rows as T[]
  }

  async first<T = Row>(query: Sql): Promise<T | undefined> {
    return (await this.#alone(query)).rows[0] as T | undefined
  }

  async run(query: Sql): Promise<number> {
    return (await this.#alone(query)).rowCount ?? 0
  }

  /** The setting is the session's, and so taken back at once; behind pgbouncer another session may meet it for a moment, and only waits less. */
  async runAlone(query: Sql, lockTimeoutMs: number): Promise<void> {
    const connection = await this.#connect()
    try {
      await connection.query(sql`select set_config('lock_timeout', ${`${lockTimeoutMs}ms`}, false)`)
      await connection.query(query)
      await connection.query(rawSql('reset lock_timeout'))
      connection.release()
    } catch (error) {
      await connection.query(rawSql('reset lock_timeout')).catch(ignore)
      await connection.rollBackAndRelease(error)
      throw error
    }
  }

  /** Work that PostgreSQL had to stop for another's sake (a deadlock) is run again, so it must not have touched anything but `tx`. */
  async transaction<T>(work: (tx: Database) => Promise<T>, options: TransactionOptions = {}): Promise<T> {
    const inserting: Inserting = { looks: false, hasAssumed: false }
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#transaction(work, options, inserting)
      } catch (error) {
        if (inserting.hasAssumed && !inserting.looks && isDuplicate(error)) {
          inserting.looks = true
          continue
        }
        if (attempt === maxAttempts || !maySucceedAtOnce(error)) throw error
        await new Promise((resolve) => setTimeout(resolve, attempt * (5 + Math.random() * 20)))
      }
    }
  }

  last<T>(send: () => Promise<T>): Promise<T> {
    return send()
  }

  async insert(table: string, columns: readonly Column[], rows: readonly (readonly unknown[])[]): Promise<void> {
    await this.run(insertRows(table, columns, rows))
  }

  async insertMissing(table: string, columns: readonly Column[], rows: readonly (readonly unknown[])[]): Promise<void> {
    await this.run(insertRows(table, columns, rows, unlessThere))
  }

  rows(rows: readonly (readonly unknown[])[], columns: readonly Column[]): Sql {
    return postgresRows(rows, columns)
  }

  async close(): Promise<void> {
    if (this.#isOwnPool) {
      if (!this.#pool.ending) await this.#pool.end()
    } else {
      this.#pool.off('error', ignore).off('connect', ignoreErrorsOf)
    }
  }

  async #transaction<T>(work: (tx: Database) => Promise<T>, { commitsWithLast = false }: TransactionOptions, inserting: Inserting): Promise<T> {
    const connection = await this.#connect()
    try {
      await connection.sendAhead(begin)
      const result = await work(new PostgresTransaction(connection, this, inserting, 0, commitsWithLast))
      if (!connection.isCommitted) await connection.commit()
      connection.release()
      return result
    } catch (error) {
      await connection.rollBackAndRelease(error)
      throw error
    }
  }

  /** Once more where the server has forgotten what was prepared: then nothing was done. */
  #alone(query: Sql): Promise<pg.QueryResult> {
    return this.#one(query).catch((error: unknown) => {
      if (!isForgotten(error)) throw error
      return this.#one(query)
    })
  }

  /** A statement by itself is a transaction too, for the settings that come with one; all three travel together. */
  async #one(query: Sql): Promise<pg.QueryResult> {
    const connection = await this.#connect()
    try {
      await connection.sendAhead(begin)
      const send = (): Promise<pg.QueryResult> => connection.query(query)
      const answer = await (connection.isPipelined ? connection.commitAfter(send) : send())
      if (!connection.isCommitted) await connection.commit()
      connection.release()
      return answer
    } catch (error) {
      await connection.rollBackAndRelease(error)
      throw error
    }
  }

  async #connect(): Promise<PostgresConnection> {
    try {
      return new PostgresConnection(await this.#pool.connect(), this.#options.statementTimeoutMs ?? 30_000, this.#names)
    } catch (error) {
      throw asDatabaseError(error)
    }
  }

  async #isPooled(): Promise<boolean> {
    const client = await this.#pool.connect()
    try {
      return await isPooled(client)
    } finally {
      client.release()
    }
  }

  async #refuseUnfit(): Promise<void> {
    const server = await this.first<{ version: string; number: string; fsync: string; encoding: string }>(sql`
      select current_setting('server_version') as version, current_setting('server_version_num') as number,
        current_setting('fsync') as fsync, current_setting('server_encoding') as encoding`)
    if (server === undefined) throw new Error('PostgreSQL gave no answer about itself.')
    if (Number(server.number) < 140_000) throw new Error(`This PostgreSQL is version ${server.version}; Posthorn needs at least 14.`)
    if (server.encoding !== 'UTF8') throw new Error(`This database is encoded in ${server.encoding}; Posthorn needs UTF8. Make one with: create database posthorn encoding 'UTF8' template template0`)
    if (server.fsync === 'off' && this.#options.allowFsyncOff !== true) throw new Error('This PostgreSQL runs with fsync=off and can lose what it has committed. Turn it on: alter system set fsync = on; select pg_reload_conf()')
  }
}

/** A transaction, or a savepoint in one. */
class PostgresTransaction implements Database {
  readonly dialect = 'postgres'
  readonly #connection: PostgresConnection
  readonly #database: PostgresDatabase
  readonly #inserting: Inserting
  readonly #depth: number
  readonly #commitsWithLast: boolean

  constructor(connection: PostgresConnection, database: PostgresDatabase, inserting: Inserting, depth: number, commitsWithLast = false) {
    this.#connection = connection
    this.#database = database
    this.#inserting = inserting
    this.#depth = depth
    this.#commitsWithLast = commitsWithLast
  }

  get now(): Sql { return this.#database.now }

  async all<T = Row>(query: Sql): Promise<T[]> {
    return (await this.#connection.query(query)).rows as T[]
  }

  async first<T = Row>(query: Sql): Promise<T | undefined> {
    return (await this.#connection.query(query)).rows[0] as T | undefined
  }

  async run(query: Sql): Promise<number> {
    return (await this.#connection.query(query)).rowCount ?? 0
  }

  async runAlone(): Promise<never> {
    throw new Error('This must not run in a transaction.')
  }

  last<T>(send: () => Promise<T>): Promise<T> {
    return this.#commitsWithLast && this.#connection.isPipelined ? this.#connection.commitAfter(send) : send()
  }

  async transaction<T>(work: (tx: Database) => Promise<T>): Promise<T> {
    const name = `s${this.#depth + 1}`
    await this.#connection.sendAhead(`savepoint ${name}`)
    try {
      const result = await work(new PostgresTransaction(this.#connection, this.#database, this.#inserting, this.#depth + 1))
      await this.#connection.query(rawSql(`release savepoint ${name}`))
      return result
    } catch (error) {
      // Where the connection is gone the first error tells more.
      await this.#connection.query(rawSql(`rollback to savepoint ${name}; release savepoint ${name}`)).catch(ignore)
      throw error
    }
  }

  async insert(table: string, columns: readonly Column[], rows: readonly (readonly unknown[])[]): Promise<void> {
    await this.run(insertRows(table, columns, rows))
  }

  async insertMissing(table: string, columns: readonly Column[], rows: readonly (readonly unknown[])[]): Promise<void> {
    this.#inserting.hasAssumed ||= !this.#inserting.looks
    await this.run(insertRows(table, columns, rows, this.#inserting.looks ? unlessThere : undefined))
  }

  rows(rows: readonly (readonly unknown[])[], columns: readonly Column[]): Sql {
    return postgresRows(rows, columns)
  }
}

const maxAttempts = 4

/**
 * How a transaction inserts what may be there already. To be ready for that, PostgreSQL looks before it inserts a row and
 * writes to its log once more when it is in. So the transaction first assumes that none is there (`hasAssumed`), and is run
 * again, looking, where one was.
 */
interface Inserting { looks: boolean; hasAssumed: boolean }

const unlessThere = rawSql('on conflict do nothing')

/** The statement's beginning, not the very moment: it is the same for all rows, and an index can be searched with it. */
const databaseClock = rawSql('floor(extract(epoch from statement_timestamp()) * 1000)::bigint')

function makePool(connectionString: string, { poolSize = 10 }: PostgresOptions): pg.Pool {
  return new pg.Pool({ connectionString, max: poolSize, connectionTimeoutMillis: 5_000, idleTimeoutMillis: 60_000, maxLifetimeSeconds: connectionLivesMs / 1_000, keepAlive: true, application_name: 'posthorn', pipeline: true } as pg.PoolConfig)
}

function ignoreErrorsOf(client: pg.PoolClient): void {
  client.on('error', ignore)
}
