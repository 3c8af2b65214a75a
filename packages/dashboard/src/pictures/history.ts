import { join } from 'node:path'
import { DatabaseSync } from '@photostructure/sqlite'

/** Counts of a week that nobody has waited for, written into the file of a server that is stopped: charts want a past. */
export function giveHistory(folder: string, organization: string): void {
  const database = new DatabaseSync(join(folder, 'posthorn-data', 'posthorn.db'))
  try {
    const { id } = database.prepare('select id from organizations where public_id = ?').get(organization) as { id: number }
    const minutes = database.prepare('insert into counters (minute, organization_id, kind, count) values (?, ?, ?, ?) on conflict do nothing')
    const hours = database.prepare('insert into counter_hours (organization_id, hour, kind, count) values (?, ?, ?, ?) on conflict do nothing')
    const now = Math.floor(Date.now() / 60_000)
    database.exec('begin')
    // What was made a moment ago all at once would dwarf the rest.
    database.prepare('delete from counters where minute >= ?').run(now - 5)
    for (let minute = now - 26 * 60; minute <= now; minute++) {
      for (const [kind, count] of countsAt(minute, 1)) for (const whose of [id, 0]) minutes.run(minute, whose, kind, count)
    }
    const thisHour = Math.floor(now / 60)
    for (let hour = thisHour - 30 * 24; hour < thisHour; hour++) {
      for (const [kind, count] of countsAt(hour * 60, 60)) for (const whose of [id, 0]) hours.run(whose, hour, kind, count)
    }
    database.exec('commit')
  } finally {
    database.close()
  }
}

/** Busy by day and quiet at night, with an outage now and then. `l9` to `l15` are buckets of latency, each 1.4 times as long as the one before. */
function countsAt(minute: number, times: number): [kind: string, count: number][] {
  const busy = 60 + 45 * Math.sin((minute / 1_440) * 2 * Math.PI - 1.5) + 14 * noise(minute) + 8 * Math.sin(minute / 7)
  const isDown = minute % 613 < 11
  const total = Math.max(4, Math.round(busy)) * times
  const shares: [string, number][] = [['l9', 0.16], ['l10', 0.34], ['l11', 0.27], ['l12', 0.13], ['l13', 0.05], ['l14', 0.01 + 0.01 * noise(minute + 1)], ['succeeded', 0.03], ['retrying', isDown ? 0.35 : 0.02], ['dead', isDown ? 0.04 : 0.002 * (minute % 3)]]
  return shares.map(([kind, share]): [string, number] => [kind, Math.round(total * share * (0.85 + 0.3 * noise(minute * 3 + kind.length)))]).filter(([, count]) => count > 0)
}

/** The same each time, so that pictures can be compared. */
function noise(seed: number): number {
  const value = Math.sin(seed * 12.9898) * 43_758.5453
  return value - Math.floor(value)
}
