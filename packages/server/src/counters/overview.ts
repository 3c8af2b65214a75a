import { sql } from '../storage/sql.js'
import { counterKinds, type CounterKind } from './count.js'
import type { Database } from '../storage/database.js'

export interface Overview {
  /** Attempts and deliveries by what became of them, in the whole span. */
  totals: Record<CounterKind, number>
  /** The same over time; steps in which nothing happened are left out. */
  steps: ({ at: number } & Record<CounterKind, number>)[]
  /** How long a step is. */
  stepMinutes: number
}

/** What happened between two instants, at most 400 days, in as many steps as a picture can show: of one organization, or of all. */
export async function overview(db: Database, { organizationId, from, to }: { organizationId?: number | undefined; from: number; to: number }): Promise<Overview> {
  const below = Math.ceil(to / msPerMinute)
  const first = Math.max(Math.floor(from / msPerMinute), below - maxMinutes)
  const stepMinutes = stepLengths.find((minutes) => (below - first) / minutes <= maxSteps) ?? minutesPerWeek
  const rows = await db.all<{ step: number; kind: string; count: number }>(sql`
    select c.minute - c.minute % cast(${stepMinutes} as bigint) as step, c.kind, sum(c.count) as count
    from ${organizationId === undefined ? everybodys(first, below) : oneOrganizations(organizationId, first, below)} as c
    group by 1, 2 order by 1`)

  const overview: Overview = { totals: none(), steps: [], stepMinutes }
  for (const { step, kind, count } of rows) {
    if (!isKind(kind)) continue
    const at = step * msPerMinute
    let last = overview.steps.at(-1)
    if (last?.at !== at) overview.steps.push(last = { at, ...none() })
    last[kind] += Number(count)
    overview.totals[kind] += Number(count)
  }
  return overview
}

const msPerMinute = 60_000
const maxSteps = 200
const minutesPerWeek = 7 * 24 * 60
const stepLengths = [1, 5, 15, 60, 6 * 60, 24 * 60, minutesPerWeek]
/** Counters are kept for no longer. */
const maxMinutes = 400 * 24 * 60

function everybodys(first: number, below: number) {
  return sql`(select minute, kind, count from counters where minute >= ${first} and minute < ${below})`
}

/** The key begins with the minute, so each minute is looked up: a month of one organization costs as much among a thousand as alone. */
function oneOrganizations(organizationId: number, first: number, below: number) {
  return sql`(
    with recursive minutes(minute) as (select cast(${first} as bigint) union all select minute + 1 from minutes where minute < ${below - 1})
    select c.minute, c.kind, c.count from minutes m cross join counters c
    where c.minute = m.minute and c.organization_id = ${organizationId} and c.minute < ${below})`
}

function none(): Record<CounterKind, number> {
  return Object.fromEntries(counterKinds.map((kind) => [kind, 0])) as Record<CounterKind, number>
}

function isKind(kind: string): kind is CounterKind {
  return (counterKinds as readonly string[]).includes(kind)
}
