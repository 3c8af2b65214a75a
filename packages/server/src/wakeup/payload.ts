import type { News } from './wakeup.js'

/** PostgreSQL takes less than 8,000 bytes. */
const mostStreams = 700

export function asPayload(from: string, { streams, lanes, outbox, nodes, access }: News): string {
  return JSON.stringify({ from, streams: streams !== undefined && streams.length > mostStreams ? 'all' : streams, lanes, outbox, nodes, access })
}

/** Undefined: nothing of ours. Anybody may notify on any channel. */
export function fromPayload(payload: string | undefined): { from: string; news: News } | undefined {
  try {
    const { from, streams, lanes, outbox, nodes, access } = JSON.parse(payload ?? '') as Record<string, unknown>
    if (typeof from !== 'string') return undefined
    const named = Array.isArray(streams) && streams.every((id) => Number.isSafeInteger(id)) ? streams as number[] : undefined
    const moved = streams === 'all' ? 'all' as const : named
    return { from, news: { ...(moved !== undefined && { streams: moved }), lanes: lanes === true, outbox: outbox === true, nodes: nodes === true, access: access === true } }
  } catch {
    return undefined
  }
}

/** Both at once. */
export function merged(a: News, b: News): News {
  const streams = a.streams === 'all' || b.streams === 'all' ? 'all' as const : [...new Set([...a.streams ?? [], ...b.streams ?? []])]
  return { ...(streams.length > 0 && { streams }), lanes: a.lanes === true || b.lanes === true, outbox: a.outbox === true || b.outbox === true, nodes: a.nodes === true || b.nodes === true, access: a.access === true || b.access === true }
}
