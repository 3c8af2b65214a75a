/** What became of the deliveries that accepted events must become; all in pairs `<endpoint> <event id>`. */
export interface Ledger {
  /** Deliveries that the product owes for what it accepted. */
  accepted: number
  /** Of these, received by the sink and settled in the database. */
  settled: number
  /** Of these, never received by the sink. */
  notReceived: number
  /** Of these, received or not, but not settled in the database. */
  notSettled: number
  /** accepted − settled: must be 0. */
  lost: number
}

export function ledgerOf(accepted: ReadonlySet<string>, received: ReadonlySet<string>, settled: ReadonlySet<string>): Ledger {
  const ledger: Ledger = { accepted: accepted.size, settled: 0, notReceived: 0, notSettled: 0, lost: 0 }
  for (const delivery of accepted) {
    if (!received.has(delivery)) ledger.notReceived++
    if (!settled.has(delivery)) ledger.notSettled++
    if (received.has(delivery) && settled.has(delivery)) ledger.settled++
  }
  ledger.lost = ledger.accepted - ledger.settled
  return ledger
}
