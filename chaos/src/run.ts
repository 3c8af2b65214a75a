import { setTimeout as pause } from 'node:timers/promises'
import { cast, isRefused } from './cast.js'
import { playFaults } from './faults.js'
import { isGood, ledgerOf, type Ledger } from './ledger.js'
import { recoveriesOf, type Recovery } from './recovery.js'
import { SeededRandom } from './seeded-random.js'
import { Stage } from './stage.js'
import { readStored } from './stored.js'
import type { Options } from './options.js'
import type { Accepted } from './publish-log.js'

export interface RunResult {
  options: Options
  ledger: Ledger
  recoveries: Recovery[]
  /** Answers to publishes, by status. */
  answers: Record<string, number>
  /** Publishes that never came to an answer: with all faults over, there must be none. */
  unanswered: string[]
  /** Nodes that ended unasked or did not stop well when asked. */
  crashes: string[]
  /** How the disk was made full (SQLite). */
  disk: string | undefined
  drainMs: number
  isGood: boolean
}

/** One run from an empty database to the ledger. `onOpen` is told of the stage at once, so that an interrupted run can be cleaned up. */
export async function runChaos(options: Options, { tell, onOpen = () => {} }: { tell: (line: string) => void; onOpen?: (stage: Stage) => void }): Promise<RunResult> {
  const stage = await Stage.open(options, onOpen)
  try {
    tell(`${options.nodes} node${options.nodes === 1 ? '' : 's'} on ${options.database}, seed ${options.seed}, ${options.perSecond} events/s`)
    await stage.startPublishers(options.perSecond)
    const faults = await playFaults(stage, new SeededRandom(options.seed), { ...options, tell })

    tell('The faults are over; draining.')
    const drainFrom = performance.now()
    stage.sink.isCalm = true
    const published = await stage.publishers.stop(30_000)
    const { accepted, unanswered, answers } = published
    await drain(stage, accepted, options.drainSeconds)
    const drainMs = Math.round(performance.now() - drainFrom)
    const crashes = [...stage.crashes, ...(await Promise.all(stage.nodes.map((node) => node.stop()))).flatMap((bad) => bad ?? [])]

    const { receipts } = stage.sink
    const ledger = ledgerOf({ cast, accepted, unanswered, receipts, stored: await readStored(stage.place), faults })
    return {
      options, ledger, recoveries: recoveriesOf(faults, published, receipts), answers, unanswered, crashes, drainMs,
      disk: stage.disk?.what,
      isGood: isGood(ledger) && crashes.length === 0 && unanswered.length === 0,
    }
  } finally {
    await stage.close()
  }
}

/** Until all that was accepted has arrived, but what is refused for good. */
async function drain({ sink }: Stage, accepted: readonly Accepted[], withinSeconds: number): Promise<void> {
  const until = performance.now() + withinSeconds * 1_000
  const isOver = (): boolean => accepted.every(({ organization, serial }) => cast.every(({ path, organization: owner }) => owner !== organization || isRefused(path, serial) || sink.delivered.has(`${path} ${serial}`)))
  while (!isOver() && performance.now() < until) await pause(200)
  // The last refusals are still on their way to being dead, and the last answers to being settled.
  await pause(3_000)
}
