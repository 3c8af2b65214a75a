import { sql, type Sql } from '../storage/sql.js'
import { counterKinds, type CounterKind, type Tally } from './count.js'
import { latencyBucket, latencyOf, type Histogram, type Latency } from './latency.js'
import { everybody, summedTo } from './sum-up.js'
import { talliesOf } from './tallies.js'
import type { Database } from '../storage/database.js'

export interface Overview {
  /** Attempts and deliveries by what became of them, in the whole span. */
  totals: Record<CounterKind, number>
  /** From an event's acceptance to the endpoint's 2xx, of deliveries whose first attempt succeeded. */
  latency: Latency | undefined
  /** The same over time; steps in which nothing happened are left out. */
  steps: ({ at: number; latency: Latency | undefined } & Record<CounterKind, number>)[]
  /** How long a step is. */
  stepMinutes: number
}

/** What happened between two instants, at most 400 days, in as many steps as a picture can show: of one organization, or of all. */
export async function overview(db: Database, { organizationId = everybody, from, to }: { organizationId?: number | undefined; from: number; to: number }): Promise<Overview> {
  const below = Math.ceil(to / msPerMinute)
  const first = Math.max(Math.floor(from / msPerMinute), below - maxMinutes)
  const stepMinutes = stepLengths.find((minutes) => (below - first) / minutes <= maxSteps) ?? minutesPerWeek
  const { minute: summed } = await summedTo(db)
  // In one statement: what is just being added to the counters is read in one place, and in one only.
  const rows = await db.all<{ step: number; kind: string; count: number; counts: string | null }>(sql`
    select c.minute - c.minute % cast(${stepMinutes} as bigint) as step, c.kind, sum(c.count) as count, null as counts
    from (${stepMinutes < 60 ? byMinutes(organizationId, first, below) : byHoursAndMinutes(organizationId, first, below, summed)}) as c
    group by 1, 2
    union all select minute - minute % cast(${stepMinutes} as bigint), '', 0, counts from tallies where minute >= ${first} and minute < ${below}`)

  const whole: Counted = { counts: none(), histogram: new Map() }
  const steps = new Map<number, Counted>()
  for (const { step, kind, count, counts } of rows) {
    const tallies: Tally[] = counts === null ? [[organizationId, kind, Number(count)]] : talliesOf({ counts }).filter(([owner]) => organizationId === everybody || owner === organizationId)
    for (const [, counterKind, number] of tallies) {
      let ofStep = steps.get(step)
      if (ofStep === undefined) steps.set(step, ofStep = { counts: none(), histogram: new Map() })
      for (const sum of [whole, ofStep]) add(sum, counterKind, number)
    }
  }
  return {
    stepMinutes, totals: whole.counts, latency: latencyOf(whole.histogram),
    steps: [...steps].sort((a, b) => a[0] - b[0]).map(([step, { counts, histogram }]) => ({ at: step * msPerMinute, ...counts, latency: latencyOf(histogram) })),
  }
}

interface Counted { counts: Record<CounterKind, number>; histogram: Histogram }

const msPerMinute = 60_000
const maxSteps = 200
const minutesPerWeek = 7 * 24 * 60
const stepLengths = [1, 5, 15, 60, 6 * 60, 24 * 60, minutesPerWeek]
/** Counters are kept for no longer. */
const maxMinutes = 400 * 24 * 60

/** Hours as far as they are summed up, whole ones, and minutes from there on. */
function byHoursAndMinutes(organizationId: number, first: number, below: number, summed: number): Sql {
  const firstHour = Math.floor(first / 60)
  const belowHour = Math.max(firstHour, Math.floor(Math.min(summed, below) / 60))
  return sql`
    select hour * 60 as minute, kind, count from counter_hours where organization_id = ${organizationId} and hour >= ${firstHour} and hour < ${belowHour}
    union all ${byMinutes(organizationId, belowHour * 60, below)}`
}

/** The key begins with the minute, so each minute is looked up: a day of one organization costs as much among a thousand as alone. */
function byMinutes(organizationId: number, first: number, below: number): Sql {
  return sql`
    select * from (
      with recursive minutes(minute) as (select cast(${first} as bigint) union all select minute + 1 from minutes where minute < ${below - 1})
      select c.minute, c.kind, c.count from minutes m cross join counters c
      where c.minute = m.minute and ${organizationId === everybody ? sql`c.organization_id < ${everybody}` : sql`c.organization_id = ${organizationId}`} and c.minute < ${below}) as looked_up`
}

function add({ counts, histogram }: Counted, kind: string, count: number): void {
  const bucket = latencyBucket(kind)
  if (bucket !== undefined) histogram.set(bucket, (histogram.get(bucket) ?? 0) + count)
  if (bucket !== undefined) counts.succeeded += count
  else if (isKind(kind)) counts[kind] += count
}

function none(): Record<CounterKind, number> {
  return Object.fromEntries(counterKinds.map((kind) => [kind, 0])) as Record<CounterKind, number>
}

function isKind(kind: string): kind is CounterKind {
  return (counterKinds as readonly string[]).includes(kind)
}
