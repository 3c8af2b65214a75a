import { Problem } from '../problems/problem.js'
import { sql } from '../storage/sql.js'
import type { Database } from '../storage/database.js'

/** Whoever sends a request twice under one key means one change. `digest` tells whether it is the same request. */
export interface Claim {
  /** Whose key it is: the same text from two organizations is two keys. */
  scope: string
  key: string
  digest: string
}

/**
 * Makes an operation that runs once for each key. What it returned is kept in the same transaction as what it changed,
 * so a repeat gets the first answer, and there is never a change without an answer or the other way about.
 *
 * What is kept must not be a secret in the clear: operations get and return secrets sealed.
 */
export function once<Input extends object, Output>(operation: (db: Database, input: Input) => Promise<Output>): (db: Database, input: Input & { claim?: Claim | undefined }) => Promise<Output> {
  return async (db, input) => {
    const { claim } = input
    if (claim === undefined) return operation(db, input)
    return db.transaction(async (tx) => {
      const earlier = await claimKey(tx, claim)
      if (earlier !== undefined) return JSON.parse(earlier) as Output
      const output = await operation(tx, input)
      // Nothing was there to change: the key stays free.
      if (output === undefined) await tx.run(sql`delete from idempotent_answers where scope = ${claim.scope} and key = ${claim.key}`)
      else await tx.run(sql`update idempotent_answers set body = ${JSON.stringify(output)} where scope = ${claim.scope} and key = ${claim.key}`)
      return output
    })
  }
}

/** What was returned under this key before, for a caller that must know it before it can decide anything else. */
export async function findAnswer(db: Database, { scope, key, digest }: Claim): Promise<unknown> {
  const earlier = await db.first<{ digest: string; body: string }>(sql`select digest, body from idempotent_answers where scope = ${scope} and key = ${key}`)
  if (earlier === undefined) return undefined
  if (earlier.digest !== digest) throw anotherRequest(key)
  return JSON.parse(earlier.body)
}

/** Takes the key, or gives what was returned under it. On PostgreSQL a second request waits here until the first has ended. */
async function claimKey(tx: Database, { scope, key, digest }: Claim): Promise<string | undefined> {
  const taken = await tx.run(sql`
    insert into idempotent_answers (scope, key, digest, body, created_at) values (${scope}, ${key}, ${digest}, '', ${tx.now})
    on conflict do nothing`)
  if (taken > 0) return undefined
  const earlier = await tx.first<{ digest: string; body: string }>(sql`select digest, body from idempotent_answers where scope = ${scope} and key = ${key}`)
  if (earlier?.digest !== digest) throw anotherRequest(key)
  return earlier.body
}

function anotherRequest(key: string): Problem {
  return new Problem('idempotency_conflict', `The Idempotency-Key ${JSON.stringify(key)} came before with another request.`)
}
