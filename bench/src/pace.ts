/** How many events of an open-loop run are due `elapsedUs` after its start and not sent yet. What was late is caught up, never left out. */
export function dueCount(ratePerSecond: number, elapsedUs: number, sent: number, total: number): number {
  const due = Math.min(total, Math.floor((elapsedUs / 1e6) * ratePerSecond) + 1)
  return Math.max(0, due - sent)
}
