import type { Receipt } from './chaotic-sink.js'
import type { Fault } from './fault.js'
import type { Accepted } from './publish-log.js'

/** How long the run felt a fault. */
export interface Recovery {
  fault: Fault
  /** Publishes that were answered 503 while it lasted. */
  refused: number
  /** From the fault's end to the first publish that was tried after it and accepted. */
  acceptsAfterMs: number | undefined
  /** From the fault's end until all that had been accepted by then had arrived somewhere first; retries that the sink itself caused are part of it. */
  caughtUpAfterMs: number
}

export function recoveriesOf(faults: readonly Fault[], { accepted, refusedAt }: { accepted: readonly Accepted[]; refusedAt: readonly number[] }, receipts: readonly Receipt[]): Recovery[] {
  const acceptedAt = new Map(accepted.map((entry) => [entry.serial, entry.acceptedAt]))
  const firsts = new Map<string, Receipt>()
  for (const receipt of receipts) if (!firsts.has(`${receipt.path} ${receipt.serial}`)) firsts.set(`${receipt.path} ${receipt.serial}`, receipt)
  return faults.map((fault) => {
    const first = Math.min(...accepted.filter(({ triedAt }) => triedAt >= fault.until).map((entry) => entry.acceptedAt))
    let caughtUpAt = fault.until
    for (const receipt of firsts.values()) {
      const at = acceptedAt.get(receipt.serial ?? '')
      if (at !== undefined && at <= fault.until) caughtUpAt = Math.max(caughtUpAt, receipt.receivedAt)
    }
    return { fault, refused: refusedAt.filter((at) => at >= fault.from && at <= fault.until).length, acceptsAfterMs: Number.isFinite(first) ? first - fault.until : undefined, caughtUpAfterMs: caughtUpAt - fault.until }
  })
}
