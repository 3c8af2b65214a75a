import { tmpdir } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

export interface Options {
  /** The scenarios to run, in this order; all of them when none is named. */
  scenarios: string[]
  /** How long the main scenario publishes in each run; others take a part of it. */
  seconds: number
  /** Alternating runs of product and ceiling. */
  pairs: number
  /** How long the ceiling is measured at each of its three connection counts. */
  ceilingSeconds: number
  /** Settled deliveries in the database before anything is measured. */
  history: number
  /** Events that wait while every endpoint is paused, for the drain. */
  backlog: number
  idleEndpoints: number
  /** Connections of the saturating publisher. */
  connections: number
  /** Ports of the sink, each an origin of its own. */
  origins: number
  database: 'sqlite' | 'postgres'
  /** How long the scenario `pending` churns, and what waits meanwhile. */
  minutes: number
  pending: number
  /** Posthorn processes that share the database. */
  nodes: number
  /** The server's command. */
  bin: string
  /** Where the temporary data folder is made: a real disk, or fsync means nothing. */
  folder: string
}

type Size = Pick<Options, 'seconds' | 'pairs' | 'ceilingSeconds' | 'history' | 'backlog' | 'idleEndpoints'>

const sizes: Record<'quick' | 'usual' | 'full', Size> = {
  quick: { seconds: 3, pairs: 1, ceilingSeconds: 1, history: 20_000, backlog: 20_000, idleEndpoints: 1_000 },
  usual: { seconds: 15, pairs: 3, ceilingSeconds: 4, history: 1_000_000, backlog: 200_000, idleEndpoints: 10_000 },
  full: { seconds: 60, pairs: 5, ceilingSeconds: 10, history: 1_000_000, backlog: 200_000, idleEndpoints: 10_000 },
}

export const help = `Usage: npm run bench -- [options]

  --scenario <names>   only these, with commas between them
  --quick              a short run of everything (about 2 minutes); its figures mean little
  --full               the official run: at least 60 s in 5 pairs (about 20 minutes)
  --seconds <n>        how long to publish in each run
  --pairs <n>          how many alternating runs of product and ceiling
  --history <n>        settled deliveries before anything is measured
  --connections <n>    connections of the publisher (64)
  --origins <n>        origins that the endpoints are spread over (100)
  --database <name>    sqlite or postgres (sqlite)
  --nodes <n>          how many nodes share the database (1; always 1 on sqlite)
  --minutes <n>        how long "pending" runs (10)
  --pending <n>        deliveries that wait meanwhile (10,000,000)
  --backlog <n>        events that wait before the drain
  --bin <file>         another posthorn command to measure
  --folder <folder>    where the temporary data folder is made (the system's)
`

/** Reads the command line; throws with a sentence that says what is wrong. */
export function readOptions(words: readonly string[], known: readonly string[], onRequest: readonly string[] = []): Options | 'help' {
  const { values } = parseArgs({
    args: [...words],
    strict: true,
    options: {
      scenario: { type: 'string' },
      quick: { type: 'boolean' },
      full: { type: 'boolean' },
      seconds: { type: 'string' },
      pairs: { type: 'string' },
      history: { type: 'string' },
      connections: { type: 'string' },
      origins: { type: 'string' },
      database: { type: 'string' },
      nodes: { type: 'string' },
      backlog: { type: 'string' },
      minutes: { type: 'string' },
      pending: { type: 'string' },
      bin: { type: 'string' },
      folder: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  })
  if (values.help) return 'help'
  if (values.quick && values.full) throw new Error('--quick and --full exclude each other.')

  const scenarios = values.scenario?.split(',') ?? known.filter((name) => !onRequest.includes(name))
  const unknown = scenarios.filter((name) => !known.includes(name))
  if (unknown.length > 0) throw new Error(`There is no scenario ${unknown.join(', ')}. There are: ${known.join(', ')}.`)

  const database = values.database ?? 'sqlite'
  if (database !== 'sqlite' && database !== 'postgres') throw new Error('--database takes sqlite or postgres.')
  const nodes = whole('--nodes', values.nodes, 1, 1, 8)
  if (database === 'sqlite' && nodes > 1) throw new Error('--nodes: a SQLite file is one process\'s at a time; more nodes need --database postgres.')

  const size = sizes[values.full ? 'full' : values.quick ? 'quick' : 'usual']
  return {
    ...size,
    scenarios,
    seconds: whole('--seconds', values.seconds, size.seconds, 1, 3600),
    pairs: whole('--pairs', values.pairs, size.pairs, 1, 50),
    history: whole('--history', values.history, size.history, 0, 20_000_000),
    connections: whole('--connections', values.connections, 64, 1, 1000),
    origins: whole('--origins', values.origins, 100, 1, 2000),
    backlog: whole('--backlog', values.backlog, size.backlog, 1, 10_000_000),
    minutes: whole('--minutes', values.minutes, 10, 1, 600),
    pending: whole('--pending', values.pending, 10_000_000, 100_000, 100_000_000),
    database,
    nodes,
    bin: values.bin ?? fileURLToPath(new URL('../../packages/server/bin/posthorn.js', import.meta.url)),
    folder: values.folder ?? tmpdir(),
  }
}

function whole(name: string, text: string | undefined, otherwise: number, least: number, most: number): number {
  const value = text === undefined ? otherwise : Number(text)
  if (!Number.isInteger(value) || value < least || value > most) throw new Error(`${name} takes a whole number from ${least} to ${most}.`)
  return value
}
