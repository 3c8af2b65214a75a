/** What one node's memory may hold, and what it may do at once. */
export interface DelivererLimits {
  /** Attempts under way at once. */
  maxInFlight: number
  /** Attempts started in one go: what arrives meanwhile waits for them, and so does the next turn, whose events it brings. */
  startAtOnce: number
  /** Attempts under way and results not settled: what a crash may send twice. */
  maxOpen: number
  /** An organization may have so many times as many open as are still free: the others need not wait for its settlements. */
  openTimesFree: number
  /** Of the slots, what retries and replays may take; first attempts keep the rest. */
  againShare: number
  /** Connections to one origin, which many endpoints may share. */
  maxPerOrigin: number
  maxItems: number
  /** However full memory is of what was read, it may hold so many that were handed over. */
  handedItems: number
  /** What share of the backlog in memory an organization must have for a look to read no more of its lanes than of everybody's. */
  muchOfBacklog: number
  maxBytes: number
  maxLaneItems: number
  /** However full memory is, a lane may have this many. */
  leastLaneItems: number
  maxLaneBytes: number
  /** An organization with so many lanes that only wait for their turn has no others read: they would wait in memory for these. */
  readyLanes: number
  lookAtOnce: number
  /** Deliveries that the looks of one transaction read, or those of one lane if that is more: whoever publishes waits for it. */
  readAtOnce: number
  /** Deliveries that one look at a lane reads; the more lanes have a backlog, the fewer, so that memory holds some of each. `ofLittle`: where the organization has little of the backlog. */
  readPerLook: { least: number; most: number; ofAllLanes: number; ofLittle: number }
  /** A lane that has had nothing to do for so long is let go of, and so many of them in one turn: whoever publishes waits for it. */
  idleMs: number
  releaseAtOnce: number
  /** After a fault of our own the delivery rests this long; no attempt is counted. */
  faultDelayMs: number
}

export const delivererLimits: DelivererLimits = {
  maxInFlight: 512,
  startAtOnce: 16,
  maxOpen: 1_000,
  openTimesFree: 3,
  againShare: 0.75,
  maxPerOrigin: 96,
  maxItems: 8_000,
  handedItems: 2_000,
  muchOfBacklog: 0.25,
  maxBytes: 64 * 1024 * 1024,
  maxLaneItems: 500,
  leastLaneItems: 64,
  maxLaneBytes: 4 * 1024 * 1024,
  readyLanes: 100,
  lookAtOnce: 100,
  readAtOnce: 200,
  readPerLook: { least: 8, most: 200, ofAllLanes: 4_000, ofLittle: 64 },
  idleMs: 60_000,
  releaseAtOnce: 250,
  faultDelayMs: 5_000,
}

/** An endpoint that has failed for so long without a success is disabled. */
export const failingMs = 5 * 86_400_000
