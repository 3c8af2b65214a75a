import type { Broken } from './ledger.test.support.js'

/**
 * A rule of ownership, and the product's own code without it: in `file`, as it is compiled, each text is replaced by the
 * other. A text that is no longer there fails the test: then the rule has moved, and its switch must follow.
 */
export interface Rule {
  name: string
  /** The switch that leaves it out. */
  without: readonly { file: string; replace: readonly (readonly [from: string, to: string])[] }[]
  /** What must never happen, and does without the rule. */
  breaks: readonly Broken[]
  /** With which it does so within a few thousand steps. */
  seed: number
}

export const rules: readonly Rule[] = [
  {
    name: 'R1: a node hands over to itself only what is on lanes that it owns',
    without: [{ file: 'dispatch/dispatch.js', replace: [
      ['&& (lane.session === null || lane.session === request.session)', ''],
      ['lane.wake_at === null && lane.session === request.session', 'lane.wake_at === null'],
    ] }],
    breaks: ['duplicate without a fault', 'order inverted'], seed: 4,
  },
  {
    name: 'R2: a dispatch marks lanes of others whatever their mark was, under a lock that their owner meets',
    without: [{ file: 'dispatch/dispatch.js', replace: [
      ["tx.dialect === 'postgres' ? sql `for update` : sql ``", 'sql ``'],
      ['update lanes set wake_at = ${now} where', 'update lanes set wake_at = ${now} where wake_at is null and'],
    ] }],
    breaks: ['stuck', 'order inverted'], seed: 3,
  },
  {
    name: 'R3: a transaction proves its ownership with a lock that taking over must wait for',
    without: [{ file: 'lanes/sessions.js', replace: [['sql `for key share`', 'sql ``']] }],
    breaks: ['stuck', 'duplicate without a fault', 'order inverted'], seed: 2,
  },
  {
    name: 'R4: a lane that is behind is handed nothing until what waits in the database was read',
    without: [
      { file: 'lanes/lanes.js', replace: [['behind.length > 0', 'false']] },
      { file: 'sending/lane.js', replace: [['> this.readUpTo', '> Infinity']] },
    ],
    breaks: ['order inverted'], seed: 6,
  },
  {
    name: 'R5: a lane takes in nothing that is queued, in flight or unsettled already',
    without: [{ file: 'sending/lane.js', replace: [['if (known !== undefined) {', 'if (false) {']] }],
    breaks: ['duplicate without a fault'], seed: 1,
  },
  {
    name: 'R6: a settlement compares the number of attempts',
    without: [{ file: 'deliveries/settle.js', replace: [['and deliveries.attempts = r.attempts and', 'and']] }],
    breaks: ['stale settlement applied', 'replay swallowed'], seed: 2,
  },
  {
    name: 'R7: only what has ended can be replayed',
    without: [{ file: 'deliveries/replay-delivery.js', replace: [[' and state >= ${deliveryStates.succeeded}', '']] }],
    breaks: ['replay swallowed'], seed: 1,
  },
  {
    name: 'R8: whoever lets go of a lane locks it first and looks then',
    without: [{ file: 'lanes/lanes.js', replace: [['await lockLanes(tx, endpointIds);', '']] }],
    breaks: ['stuck', 'order inverted'], seed: 30,
  },
  {
    name: 'R9: what comes of an earlier session changes nothing of the present one',
    without: [
      { file: 'engine/node.js', replace: [['if (this.#session.isStill(session))', 'if (true)']] },
      { file: 'sending/deliverer.js', replace: [['this.#generation++;', '']] },
    ],
    breaks: ['stuck', 'duplicate without a fault', 'order inverted'], seed: 7,
  },
  {
    name: 'R10: nothing is handed over on a lane that is marked',
    without: [{ file: 'dispatch/dispatch.js', replace: [
      ['lane.wake_at === null && (', '('],
      ['lane.wake_at === null && lane.session === request.session', 'lane.session === request.session'],
    ] }],
    breaks: ['order inverted'], seed: 3,
  },
]
