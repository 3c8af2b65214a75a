import { parseArgs } from 'node:util'
import { faultKinds, type FaultKind } from './fault.js'

export interface Options {
  database: 'postgres' | 'sqlite'
  nodes: number
  /** How long things are done to the run; starting before and draining after come on top. */
  seconds: number
  seed: number
  /** Events a second, by all publishers together. */
  perSecond: number
  /** How long draining may take before what is left counts as stuck. */
  drainSeconds: number
  /** How a full disk is made (SQLite); undefined: a tmpfs where one may be mounted, else the limit. */
  disk: 'page-limit' | undefined
  /** Only these kinds of faults; undefined: all that the database allows. */
  faults: FaultKind[] | undefined
  /** A paused node's session runs out by itself (45 s) instead of being made to by the run. */
  patient: boolean
  /** What the nodes and the database logged is left behind, to find out why. */
  keep: boolean
  /** Where the result is written as JSON. */
  result: string | undefined
}

export const help = `Usage: npm run chaos -- [options]

  --minutes <n>          how long faults go on (1)
  --seconds <n>          the same in seconds
  --nodes <n>            how many nodes share the database (2; always 1 on sqlite)
  --database <name>      postgres or sqlite (postgres)
  --seed <n>             repeats the kinds and the order of an earlier run's faults
  --rate <n>             events a second, by all 8 publishers together (120)
  --drain <seconds>      how long draining may take (90)
  --faults <names>       only these, with commas between them: ${Object.keys(faultKinds).join(', ')}
  --page-limit           sqlite: fill no disk, but let SQLite's file grow no further
  --patient              wait the 45 s until a paused node's session runs out by itself
  --keep                 leave the folder with all logs behind
  --result <file>        write the result as JSON
`

/** Reads the command line; throws with a sentence that says what is wrong. */
export function readOptions(words: readonly string[]): Options | 'help' {
  const { values } = parseArgs({
    args: [...words], strict: true,
    options: {
      minutes: { type: 'string' }, seconds: { type: 'string' }, nodes: { type: 'string' }, database: { type: 'string' }, seed: { type: 'string' }, rate: { type: 'string' },
      drain: { type: 'string' }, 'page-limit': { type: 'boolean' }, faults: { type: 'string' }, patient: { type: 'boolean' }, keep: { type: 'boolean' }, result: { type: 'string' }, help: { type: 'boolean', short: 'h' },
    },
  })
  if (values.help) return 'help'
  const database = values.database ?? 'postgres'
  if (database !== 'postgres' && database !== 'sqlite') throw new Error('--database takes postgres or sqlite.')
  const minutes = number('--minutes', values.minutes, 1, 0.1, 600)
  return {
    database, nodes: database === 'sqlite' ? 1 : number('--nodes', values.nodes, 2, 1, 8), seconds: number('--seconds', values.seconds, minutes * 60, 5, 36_000),
    seed: number('--seed', values.seed, Math.floor(Math.random() * 1e9), 0, 4_294_967_295), perSecond: number('--rate', values.rate, 120, 1, 1_000),
    drainSeconds: number('--drain', values.drain, 90, 5, 3_600), disk: values['page-limit'] ? 'page-limit' : undefined, faults: values.faults?.split(',').map(faultNamed), patient: values.patient ?? false, keep: values.keep ?? false, result: values.result,
  }
}

function faultNamed(name: string): FaultKind {
  const kind = (faultKinds as Record<string, FaultKind>)[name]
  if (kind === undefined) throw new Error(`--faults knows ${Object.keys(faultKinds).join(', ')}, and no ${name}.`)
  return kind
}

function number(name: string, text: string | undefined, otherwise: number, least: number, most: number): number {
  const value = text === undefined ? otherwise : Number(text)
  if (!(value >= least && value <= most)) throw new Error(`${name} takes a number from ${least} to ${most}.`)
  return value
}
