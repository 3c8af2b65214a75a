import { openPostgresStore } from '../operations/postgres-store.js'
import { PostgresDatabase } from '../storage/postgres.js'
import { rawSql } from '../storage/sql.js'
import { ManualClock } from './manual-clock.js'
import { databaseUrl, withClient, type PostgresForTests } from './postgres-setup.js'
import type { Clock } from '../time/clock.js'
import type { Store } from '../operations/store.js'
import type { Database } from '../storage/database.js'
import type { Home } from './home.js'

/** A database of its own for each test file, a copy of the one that was migrated; emptied before each test. */
export class PostgresHome implements Home {
  static #count = 0
  readonly #name: string
  #database: PostgresDatabase | undefined
  #clock: () => number = Date.now

  constructor(private readonly given: PostgresForTests | null) {
    this.#name = `${given?.template}_${process.pid}_${++PostgresHome.#count}`
  }

  get place(): string { return databaseUrl(this.#server.url, this.#name) }

  async begin(clock: () => number): Promise<Database> {
    this.#clock = clock
    if (this.#database === undefined) {
      await withClient(this.#server.url, (client) => client.query(`create database ${this.#name} template ${this.#server.template}`))
      this.#database = await PostgresDatabase.open(this.place, { allowFsyncOff: true, poolSize: 5, clock: () => this.#clock() })
    } else {
      await this.#database.run(empty)
    }
    return this.#database
  }

  async end(): Promise<void> { /* the next test empties it; the last one's goes with the server */ }

  async leave(): Promise<void> {
    await this.#database?.close()
    this.#database = undefined
  }

  /** A clock that stands still until a test moves it moves the database too; else the database has its own. */
  store(clock: Clock): Promise<Store> {
    return openPostgresStore(this.place, { allowFsyncOff: true, poolSize: 5, ...(clock instanceof ManualClock && { clock: () => clock.now() }) })
  }

  get #server(): PostgresForTests {
    if (this.given === null) throw new Error('There is no PostgreSQL in this run.')
    return this.given
  }
}

/** Deleting from tables that hold little takes a tenth of truncating them; most never held anything. What others refer to is deleted last. */
const empty = rawSql(`do $$ declare name text; begin
  for name in
    select relname from pg_class where relnamespace = 'posthorn'::regnamespace and relkind = 'r' and relname <> 'schema_migrations' and pg_relation_size(oid) > 0
    order by relname = 'organizations'
  loop
    execute format('delete from posthorn.%I', name);
  end loop;
  for name in select sequencename from pg_sequences where schemaname = 'posthorn' loop
    execute format('alter sequence posthorn.%I restart', name);
  end loop;
end $$`)
