import { Problem } from '../problems/problem.js'
import { sql } from '../storage/sql.js'
import { admit, type Admitted, type SourceReceipt } from './receive.js'
import { verdictNumber, verdicts, type Received } from './receipt.js'
import type { Database } from '../storage/database.js'

/**
 * Receives a stored request once more, with the secrets of today. One that was refused may be accepted now; one whose
 * owner nobody knew goes to the organization that is known by now. What was accepted and is somebody's is not told twice.
 */
export async function receiveAgain(db: Database, { id, at, again }: { id: number; at: number; again: SourceReceipt }): Promise<Received> {
  return db.transaction(async (tx) => {
    const lock = tx.dialect === 'postgres' ? sql`for update` : sql``
    const before = await tx.first<{ verdict: number; unassigned: number; organization_id: number | null }>(sql`select verdict, unassigned, organization_id from receipts where id = ${id} ${lock}`)
    if (before === undefined) throw new Problem('not_found', 'There is no such receipt.')
    checkReplayable(before.verdict, before.unassigned)

    const { source, receipt } = again
    const wasAccepted = before.verdict === verdictNumber('accepted')
    if (wasAccepted && receipt.verdict !== 'accepted') throw new Problem('receipt_refused', `The request is not proven any more: ${receipt.reason ?? receipt.code ?? ''}`)
    const [outcome] = await admit(tx, [{ ...receipt, source, id, at }]) as [Admitted]
    // Its events are with the operator already; what was just appended goes with the transaction.
    if (wasAccepted && outcome.isUnassigned) throw new Problem('conflict', 'Nothing says yet whose this is.', { fix: 'Link the customer or merchant to an organization (POST /v1/source-links), or replay it with an organizationId.' })

    const { verdict, duplicateOf, organizationId, isUnassigned, events } = outcome
    await tx.run(sql`
      update receipts set verdict = ${verdictNumber(verdict)}, status = ${receipt.status}, code = ${receipt.code ?? null}, reason = ${receipt.reason ?? null}, dedupe_id = ${receipt.dedupeId ?? null}, type = ${receipt.type ?? null},
        organization_id = ${organizationId}, unassigned = ${isUnassigned}, duplicate_of = ${duplicateOf ?? null}, events = events + ${events}, kept = ${receipt.kept}, replayed_at = ${at}
      where id = ${id}`)
    return { id, verdict, duplicateOf, organizationIds: outcome.organizationIds }
  })
}

function checkReplayable(verdict: number, unassigned: number): void {
  const name = verdicts[verdict]
  if (name === 'refused' || unassigned === 1) return
  throw new Problem('receipt_settled', `The receipt is ${name}: there is nothing to receive again.`)
}
