import type { Claim, DuplicateStore } from '@posthorn/webhooks'

/** Runs one statement with values for $1, $2 …: `(text, values) => pool.query(text, values).then((result) => result.rows)` with pg. */
export type Query = (text: string, values: (string | number)[]) => Promise<{ processed_at: number | null }[]>

export const createTable = `
  create table if not exists received_webhooks (
    key text primary key,
    claimed_at bigint not null,
    processed_at bigint
  )`

/** Remembers received webhooks in a table that all processes share. The same text runs on PostgreSQL and, with ?1 for $1, on SQLite. */
export class SqlDuplicateStore implements DuplicateStore {
  readonly #query: Query
  readonly #clock: () => number

  constructor(query: Query, clock: () => number = Date.now) {
    this.#query = query
    this.#clock = clock
  }

  async claim(key: string): Promise<Claim> {
    const now = this.#clock()
    // One statement, so two processes cannot both believe that the claim is theirs. What a dead process
    // claimed and never finished is free again after a minute; nobody waits for an answer that long.
    const mine = await this.#query(`
      insert into received_webhooks (key, claimed_at) values ($1, $2)
      on conflict (key) do update set claimed_at = excluded.claimed_at
        where received_webhooks.processed_at is null and received_webhooks.claimed_at < $3
      returning processed_at`, [key, now, now - 60_000])
    if (mine.length > 0) return 'claimed'
    const [other] = await this.#query('select processed_at from received_webhooks where key = $1', [key])
    return other && other.processed_at !== null ? 'processed' : 'in-progress'
  }

  async markProcessed(key: string): Promise<void> {
    await this.#query('update received_webhooks set processed_at = $1 where key = $2', [this.#clock(), key])
  }

  async release(key: string): Promise<void> {
    await this.#query('delete from received_webhooks where key = $1 and processed_at is null', [key])
  }

  /** To be called now and then. Seven days is the least: senders repeat for days. */
  async forget(olderThanDays = 30): Promise<void> {
    await this.#query('delete from received_webhooks where claimed_at < $1', [this.#clock() - olderThanDays * 24 * 3600 * 1000])
  }
}
