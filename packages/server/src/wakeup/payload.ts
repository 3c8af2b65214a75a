import type { News } from './wakeup.js'

/** PostgreSQL takes less than 8,000 bytes. */
const mostStreams = 700

/** What is either told or not. */
const facts = ['lanes', 'outbox', 'nodes', 'access'] as const

function factsOf(isTold: (fact: (typeof facts)[number]) => boolean): Record<(typeof facts)[number], boolean> {
  return Object.fromEntries(facts.map((fact) => [fact, isTold(fact)])) as Record<(typeof facts)[number], boolean>
}

export function asPayload(from: string, { streams, ...told }: News): string {
  return JSON.stringify({ from, streams: streams !== undefined && streams.length > mostStreams ? 'all' : streams, ...told })
}

/** Undefined: nothing of ours. Anybody may notify on any channel. */
export function fromPayload(payload: string | undefined): { from: string; news: News } | undefined {
  try {
    const { from, streams, ...told } = JSON.parse(payload ?? '') as Record<string, unknown>
    if (typeof from !== 'string') return undefined
    const named = Array.isArray(streams) && streams.every((id) => Number.isSafeInteger(id)) ? streams as number[] : undefined
    const moved = streams === 'all' ? 'all' as const : named
    return { from, news: { ...(moved !== undefined && { streams: moved }), ...factsOf((fact) => told[fact] === true) } }
  } catch {
    return undefined
  }
}

/** Both at once. */
export function merged(a: News, b: News): News {
  const streams = a.streams === 'all' || b.streams === 'all' ? 'all' as const : [...new Set([...a.streams ?? [], ...b.streams ?? []])]
  return { ...(streams.length > 0 && { streams }), ...factsOf((fact) => a[fact] === true || b[fact] === true) }
}
