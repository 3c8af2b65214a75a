import { verdictNumber, verdicts, type ReceiptVerdict } from '../receipts/receipt.js'
import { sql } from '../storage/sql.js'
import { summedTo } from './sum-up.js'
import type { Database } from '../storage/database.js'

/** What came in at a source, by what became of it; requests that were not worth a receipt are among the refused. */
export type InboundCounts = { source: string; provider: string } & Record<ReceiptVerdict, number>

/** What came in between two instants, source by source, of one organization's sources or of all: those with anything. */
export async function inboundCounts(db: Database, { organizationId, from, to }: { organizationId?: number | undefined; from: number; to: number }): Promise<InboundCounts[]> {
  const [first, below] = [Math.floor(from / msPerMinute), Math.ceil(to / msPerMinute)]
  const { minute: summed } = await summedTo(db)
  // An hour is told by its minutes; what is longer, by whole hours as far as they are summed up.
  const firstHour = Math.floor(first / 60)
  const belowHour = to - from <= 60 * msPerMinute ? firstHour : Math.max(firstHour, Math.floor(Math.min(summed, below) / 60))
  const firstMinute = belowHour === firstHour ? first : belowHour * 60
  const rows = await db.all<{ source_id: number; name: string; provider: string; verdict: number; count: number }>(sql`
    select s.id as source_id, s.name, s.provider, c.verdict, sum(c.count) as count
    from (
      select source_id, verdict, count from source_counts where minute >= ${firstMinute} and minute < ${below}
      union all select h.source_id, h.verdict, h.count from sources k join source_count_hours h on h.source_id = k.id and h.hour >= ${firstHour} and h.hour < ${belowHour}) as c
    join sources s on s.id = c.source_id
    where s.deleted_at is null ${organizationId === undefined ? sql`` : sql`and s.organization_id = ${organizationId}`}
    group by s.id, s.name, s.provider, c.verdict order by s.name, c.verdict`)

  const found = new Map<number, InboundCounts>()
  for (const { source_id: id, name: source, provider, verdict, count } of rows) {
    const counts = found.get(id) ?? { source, provider, accepted: 0, duplicate: 0, refused: 0, handshake: 0 }
    found.set(id, counts)
    for (const known of verdicts) if (verdictNumber(known) === verdict) counts[known] += Number(count)
  }
  return [...found.values()]
}

const msPerMinute = 60_000
