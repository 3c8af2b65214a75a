import { DatabaseAway } from '../storage/database-away.js'
import { rawSql, sql, Sql, type Value } from '../storage/sql.js'
import { GivenRows, type Cell, type Row } from './read-sql.test.support.js'
import type { Column, Database } from '../storage/database.js'
import type { ModelServer, Transaction } from './model-server.test.support.js'
import type { Process, World } from './world.test.support.js'

/** Two transactions wait for each other, which the order of locks is to make impossible. */
export class Deadlock extends Error {}

/** What a node's connections go through: how messages take their time, and how they are cut. */
export interface Wire {
  world: World
  server: ModelServer
  process: Process
  /** Asked at each commit: whether its connection is cut, and if so, whether before it was stored or before its reply. */
  cut(): Cut | undefined
}

export interface Cut {
  isStored: boolean
  /** The node has learned of it. */
  learned(): void
}

/** A database as the product sees it, over a wire that may be slow or cut. `what`: the operation that works with it. */
export class ModelDatabase implements Database {
  readonly dialect = 'postgres'
  readonly now = rawSql('now()')
  readonly #wire: Wire
  readonly #what: string
  readonly #within: Connection | undefined

  constructor(wire: Wire, what: string, within?: Connection) {
    this.#wire = wire
    this.#what = what
    this.#within = within
  }

  async all<T>(query: Sql): Promise<T[]> {
    return (await this.#ask(query)).rows as T[]
  }

  async first<T>(query: Sql): Promise<T | undefined> {
    return (await this.#ask(query)).rows[0] as T | undefined
  }

  async run(query: Sql): Promise<number> {
    return (await this.#ask(query)).count
  }

  runAlone(): Promise<void> {
    return Promise.reject(new Error('The simulation changes no tables.'))
  }

  async transaction<T>(work: (tx: Database) => Promise<T>): Promise<T> {
    if (this.#within !== undefined) throw new Error('The simulation has no savepoints.')
    const connection = new Connection(this.#wire, this.#what)
    try {
      const result = await work(new ModelDatabase(this.#wire, this.#what, connection))
      await connection.commit()
      return result
    } catch (error) {
      connection.giveUp()
      throw error
    }
  }

  last<T>(send: () => Promise<T>): Promise<T> {
    return send()
  }

  async insert(table: string, columns: readonly Column[], rows: readonly (readonly unknown[])[], tail = sql``): Promise<void> {
    const names = rawSql(columns.map((column) => column.slice(0, column.indexOf(' '))).join(', '))
    await this.run(sql`insert into ${rawSql(table)} (${names}) select ${names} from ${this.rows(rows, columns)} as r ${tail}`)
  }

  insertMissing(table: string, columns: readonly Column[], rows: readonly (readonly unknown[])[]): Promise<void> {
    return this.insert(table, columns, rows, sql`on conflict do nothing`)
  }

  rows(rows: readonly (readonly unknown[])[], columns: readonly Column[]): Sql {
    const names = columns.map((column) => column.slice(0, column.indexOf(' ')))
    const given = new GivenRows(rows.map((row) => Object.fromEntries(names.map((name, i): [string, Cell] => [name, (row[i] ?? null) as Cell]))))
    return new Sql(['rows(', ')'], [given as unknown as Value])
  }

  async #ask(query: Sql): Promise<{ rows: Row[]; count: number }> {
    if (this.#within !== undefined) return this.#within.ask(query)
    // A statement by itself is a transaction too, and its commit travels with it.
    const connection = new Connection(this.#wire, this.#what)
    try {
      return await connection.ask(query, { commits: true })
    } catch (error) {
      connection.giveUp()
      throw error
    }
  }
}

/** How long a transaction may do nothing before the server ends it, as the product asks of it. */
const idleInTransactionMs = 15_000

/** One connection for one transaction. */
export class Connection {
  readonly #wire: Wire
  readonly #transaction: Transaction
  #last: Promise<unknown> = Promise.resolve()

  constructor(wire: Wire, readonly what: string) {
    this.#wire = wire
    this.#transaction = wire.server.begin(wire.process.name, what)
    openOf(wire.process).add(this)
  }

  /** One after another, as they were asked, also where the asker does not wait in between. */
  ask(query: Sql, { commits = false }: { commits?: boolean } = {}): Promise<{ rows: Row[]; count: number }> {
    const answer = this.#last.then(() => this.#ask(query, commits))
    this.#last = answer.catch(() => {})
    return answer
  }

  #ask(query: Sql, commits: boolean): Promise<{ rows: Row[]; count: number }> {
    const { world, server } = this.#wire
    return new Promise((resolve, reject) => {
      world.after(world.latencyMs, undefined, () => {
        const work = server.execute(this.#transaction, query)
        const goOn = (): void => {
          this.#transaction.waitsFor = undefined
          if (this.#transaction.state !== 'open') {
            work.return({ rows: [], count: 0 })
            return this.#reply(() => reject(this.#isCut(commits)))
          }
          let step
          try {
            step = work.next()
          } catch (error) {
            return this.#reply(() => reject(error as Error))
          }
          if (step.done === true) {
            if (commits) this.#commit(() => resolve(step.value), reject)
            else this.#reply(() => resolve(step.value))
          } else this.#wait(step.value, goOn, reject)
        }
        goOn()
      })
    })
  }

  commit(): Promise<void> {
    const { world } = this.#wire
    return new Promise((resolve, reject) => {
      world.after(world.latencyMs, undefined, () => this.#commit(resolve, reject))
    })
  }

  /** The transaction comes to nothing, unless its end has come already. */
  giveUp(): void {
    const { world, server } = this.#wire
    world.after(world.latencyMs, undefined, () => {
      if (this.#transaction.state === 'open') server.rollback(this.#transaction)
      openOf(this.#wire.process).delete(this)
    })
  }

  /** The server ends the transactions of a process that stands still in the middle of them. */
  endWhenIdle(): void {
    const { world, server } = this.#wire
    world.after(idleInTransactionMs, undefined, () => {
      if (this.#transaction.state === 'open' && this.#transaction.waitsFor === undefined && world.now - this.#transaction.lastUsedAt >= idleInTransactionMs) {
        world.tell('database', 'ends an idle transaction of', this.#transaction.by, this.#transaction.what)
        server.rollback(this.#transaction)
      }
    })
  }

  #commit(resolve: () => void, reject: (error: Error) => void): void {
    const { world, server, process } = this.#wire
    if (this.#transaction.state !== 'open') return this.#reply(() => reject(this.#isCut(true)))
    const cut = process.state === 'dead' ? undefined : this.#wire.cut()
    if (cut?.isStored === false) server.rollback(this.#transaction)
    else server.commit(this.#transaction)
    openOf(process).delete(this)
    if (cut === undefined) return this.#reply(resolve)
    world.tell('network', cut.isStored ? 'loses the reply to a commit of' : 'cuts before a commit of', process.name, this.#transaction.what)
    this.#reply(() => {
      cut.learned()
      reject(this.#isCut(true))
    })
  }

  #reply(happen: () => void): void {
    const { world, process } = this.#wire
    world.after(world.latencyMs, process, happen)
  }

  #wait(holder: Transaction, goOn: () => void, reject: (error: Error) => void): void {
    const { world, server } = this.#wire
    this.#transaction.waitsFor = holder
    for (let other: Transaction | undefined = holder; other !== undefined; other = other.waitsFor) {
      if (other !== this.#transaction) continue
      const error = new Deadlock(`${this.#transaction.by} (${this.#transaction.what}) and ${holder.by} (${holder.what}) wait for each other.`)
      server.rollback(this.#transaction)
      return this.#reply(() => reject(error))
    }
    holder.waiting.push(() => world.after(world.random(), undefined, goOn))
  }

  #isCut(isOutcomeUnknown: boolean): DatabaseAway {
    return new DatabaseAway(new Error('Connection terminated unexpectedly'), isOutcomeUnknown)
  }
}

const open = new WeakMap<Process, Set<Connection>>()

/** The connections of a process that are in the middle of a transaction. */
export function openOf(process: Process): Set<Connection> {
  let connections = open.get(process)
  if (connections === undefined) {
    connections = new Set()
    open.set(process, connections)
  }
  return connections
}
