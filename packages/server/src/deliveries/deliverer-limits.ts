export const delivererLimits = {
  /** Attempts under way at once. */
  maxInFlight: 512,
  /** Attempts under way and results not settled: what a crash may send twice. */
  maxOpen: 1_000,
  /** Of the slots, what retries and replays may take; first attempts keep the rest. */
  againShare: 0.75,
  /** Connections to one origin, which many endpoints may share. */
  maxPerOrigin: 96,
  maxItems: 8_000,
  maxBytes: 64 * 1024 * 1024,
  maxLaneItems: 500,
  maxLaneBytes: 4 * 1024 * 1024,
  lookAtOnce: 100,
  /** Deliveries that one look at a lane reads; the more lanes have a backlog, the fewer, so that memory holds some of each. */
  readPerLook: { least: 8, most: 200, ofAllLanes: 4_000 },
  idleMs: 60_000,
  failingMs: 5 * 86_400_000,
  /** After a fault of our own the delivery rests this long; no attempt is counted. */
  faultDelayMs: 5_000,
} as const
