import { hostname } from 'node:os'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import type { ChaosNode } from './chaos-node.js'
import type { Fault, FaultKind } from './fault.js'
import type { KillablePostgres } from '../../bench/dist/killable-postgres.js'
import type { Options } from './options.js'
import type { SeededRandom } from './seeded-random.js'
import type { Stage } from './stage.js'

/** Does one thing after another to a stage, until its time is over. What it began, it ends. */
export async function playFaults(stage: Stage, random: SeededRandom, { seconds, patient, faults: wanted, tell }: Pick<Options, 'seconds' | 'patient' | 'faults'> & { tell: (line: string) => void }): Promise<Fault[]> {
  const faults: Fault[] = []
  const until = performance.now() + seconds * 1_000
  const kinds = kindsOn(stage).filter((kind) => wanted?.includes(kind) ?? true)
  if (kinds.length === 0) throw new Error('None of these faults can be done to this run.')
  await pause(2_000)
  // Every kind comes once before chance decides, however short the run, so that it has met them all.
  const first = random.shuffle(kinds)
  for (let n = 0; (n < first.length || performance.now() < until) && !stage.isClosed; n++) {
    const kind = first[n] ?? random.pick(kinds)
    const from = Date.now()
    const what = await play[kind](stage, random, patient)
    faults.push({ kind, what, from, until: Date.now() })
    tell(`${kind}: ${what} (${((Date.now() - from) / 1_000).toFixed(1)} s)`)
    await pause(random.between(300, 3_000))
  }
  return faults
}

function kindsOn({ postgres, nodes }: Stage): FaultKind[] {
  if (postgres === undefined) return ['kill a node', 'fill the disk']
  return nodes.length > 1 ? ['cut connections', 'kill a node', 'pause a node', 'kill PostgreSQL'] : ['cut connections', 'kill a node', 'kill PostgreSQL']
}

const feltWithinMs = 30_000

type Play = (stage: Stage, random: SeededRandom, patient: boolean) => Promise<string>

const play: Record<FaultKind, Play> = {
  async 'kill a node'({ nodes }, random) {
    const node = random.pick(nodes)
    await node.kill()
    await pause(random.between(0, 2_000))
    await node.start()
    return node.name
  },

  async 'pause a node'({ nodes, postgres }, random, patient) {
    const node = random.pick(nodes)
    node.pause()
    try {
      const isTakenOver = await untilTakenOver(postgres as KillablePostgres, node, patient)
      await pause(random.between(0, 3_000))
      return `${node.name}, ${isTakenOver ? 'until others had taken its lanes' : 'though nobody took its lanes'}`
    } finally {
      node.wake()
    }
  },

  async 'kill PostgreSQL'({ postgres }, random) {
    await postgres?.kill()
    await pause(random.between(100, 3_000))
    await postgres?.start()
    return 'all its processes'
  },

  async 'cut connections'({ proxy }, random) {
    const before = proxy?.cuts ?? 0
    const part = random.pick([0.02, 0.1, 0.5])
    proxy?.cutBy(() => Math.random() < part ? Math.random() < 0.7 ? 'answered' : 'sent' : undefined)
    await pause(random.between(500, 3_000))
    proxy?.cutBy(undefined)
    return `${(proxy?.cuts ?? 0) - before} between COMMIT and its reply`
  },

  async 'fill the disk'({ disk, publishers }, random) {
    const before = await publishers.refusals()
    disk?.fill()
    // What SQLite's files have gained before is written over first, so it may be a while until more is needed.
    const until = performance.now() + feltWithinMs
    while (await publishers.refusals() === before && performance.now() < until) await pause(50)
    await pause(random.between(500, 3_000))
    disk?.makeRoom()
    return 'until nothing more could be written'
  },
}

/**
 * Waits until the session of a node that stands still is gone, and a lane that it held is another's. Without patience its time is made to be over: what matters
 * is who ended it, never how long it took, since ownership hangs on the token and not on the clock.
 */
async function untilTakenOver(postgres: KillablePostgres, node: ChaosNode, patient: boolean): Promise<boolean> {
  const client = new pg.Client({ connectionString: postgres.url() })
  client.on('error', () => {})
  await client.connect()
  try {
    const name = `${hostname()}:${node.port}`
    const { rows: [session] } = await client.query<{ token: string }>('select token from posthorn.sessions where node = $1', [name])
    const { rows: lanes } = await client.query<{ endpoint_id: string }>('select endpoint_id from posthorn.lanes where session = $1', [session?.token])
    // A node that was renewing just now holds the row's lock in a transaction that stands still with it, for 15 s at most.
    if (!patient) await client.query('update posthorn.sessions set alive_until = 0 where node = $1', [name])
    const until = performance.now() + (patient ? 75_000 : 35_000)
    while (performance.now() < until) {
      const { rowCount: isThere } = await client.query('select 1 from posthorn.sessions where token = $1', [session?.token])
      const { rowCount: taken } = await client.query('select 1 from posthorn.lanes where endpoint_id = any($1) and session <> $2 limit 1', [lanes.map((lane) => lane.endpoint_id), session?.token])
      if (isThere === 0 && (taken === 1 || lanes.length === 0)) return true
      await pause(100)
    }
    return false
  } finally {
    await client.end().catch(() => {})
  }
}
