import type { Receipt } from './chaotic-sink.js'
import type { Fault, FaultKind } from './fault.js'

/** A delivery that arrived again although the time before may have succeeded. A retry of a refused attempt is none. */
export interface Duplicate { before: Receipt; after: Receipt; explainedBy: FaultKind | undefined }

/** How long after its answer a delivery may still be unsettled; a matter of milliseconds, a busy machine's pauses included. */
const unsettledMs = 2_000
/** For how long after a fault what it interrupted may still be in the air. */
const settlesAfterMs = 1_000

export function findDuplicates(receipts: readonly Receipt[], faults: readonly Fault[]): Duplicate[] {
  const last = new Map<string, Receipt>()
  const duplicates: Duplicate[] = []
  for (const after of receipts) {
    const name = `${after.path} ${after.id}`
    const before = last.get(name)
    if (before !== undefined && isDuplicate(before, after)) duplicates.push({ before, after, explainedBy: faults.find((fault) => explains(fault, before, after))?.kind })
    // Whatever is sent after a success is one too many, also when that was refused in its turn.
    if (before === undefined || before.status !== 200) last.set(name, after)
    else last.set(name, { ...after, status: after.status ?? 200 })
  }
  return duplicates
}

function isDuplicate(before: Receipt, after: Receipt): boolean {
  return before.status === 200 || before.endedAt === undefined || before.endedAt > after.receivedAt
}

/** The fault found the earlier one under way, or answered and perhaps not settled; and it began before the later one was sent. */
function explains(fault: Fault, before: Receipt, after: Receipt): boolean {
  return fault.from <= after.receivedAt && before.receivedAt <= fault.until + settlesAfterMs && (before.endedAt ?? Infinity) >= fault.from - unsettledMs
}
