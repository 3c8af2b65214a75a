import { Problem } from '../problems/problem.js'
import { organizationIdPattern } from '../organizations/organization-id.js'
import { makeEventId, publishStatement, type PublishStatement } from '../outbox/publish-statement.js'
import type { PublishRequest } from '../events/publish-request.js'

/**
 * A transaction of the application's own: a client of `pg` in which one is open, or for any other library a function that
 * runs one statement in it.
 */
export type Transaction = { query(text: string, values: unknown[]): PromiseLike<unknown> } | ((statement: PublishStatement) => PromiseLike<unknown>)

/** Publishes when that transaction commits. Whatever can be found wrong is thrown before any statement, so that the transaction stays usable. */
export async function publishIn(transaction: Transaction, organizationId: string, event: PublishRequest): Promise<{ id: string }> {
  if (!organizationIdPattern.test(organizationId)) throw new Problem('not_found', `There is no organization "${organizationId}".`, { fix: 'Pass the id under which the organization was made.' })
  const id = event.id ?? makeEventId(Date.now())
  const statement = publishStatement(organizationId, event, id)
  await (typeof transaction === 'function' ? transaction(statement) : transaction.query(statement.text, statement.values))
  return { id }
}
