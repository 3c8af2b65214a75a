/** An instant in the time of whoever looks; UTC is told on hover. */
export function Instant({ at }: { at: string }) {
  const date = new Date(at)
  const isToday = date.toDateString() === new Date().toDateString()
  return <time dateTime={at} title={`${date.toISOString().replace('T', ' ').replace('Z', '')} UTC`} className="whitespace-nowrap">{(isToday ? clock : day).format(date)}</time>
}

/** A length of time, short and with one unit: 340 ms, 2.4 s, 5 min. */
export function lengthOf(ms: number): string {
  if (ms < 1_000) return `${ms} ms`
  if (ms < 10_000) return `${(ms / 1_000).toFixed(1)} s`
  if (ms < 120_000) return `${Math.round(ms / 1_000)} s`
  if (ms < 2 * 3_600_000) return `${Math.round(ms / 60_000)} min`
  return ms < 48 * 3_600_000 ? `${Math.round(ms / 3_600_000)} h` : `${Math.round(ms / 86_400_000)} days`
}

const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit', hour12: false })
const day = new Intl.DateTimeFormat(undefined, { month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', hour12: false })
