import type { StreamMessage } from '@posthorn/client'

/** What a message of the stream is news of: nouns, and the organization; "everything" where too much happened, or nobody listened. */
export type News = 'everything' | { nouns: readonly string[]; organization: string | null }

export function newsOf(message: StreamMessage): News {
  switch (message.kind) {
    case 'event': return { nouns: ['events', 'deliveries', 'overview', ...alsoTold(message)], organization: message.organization }
    case 'attempt': return { nouns: ['deliveries', 'overview', 'dead-letters'], organization: message.organization }
    case 'receipt': return { nouns: ['receipts', 'overview'], organization: null }
    case 'connected': case 'missed': return 'everything'
    default: return { nouns: [], organization: null }
  }
}

/** An alert may be of an endpoint that was disabled; orders and billing are made out of what comes in. */
function alsoTold({ type, origin }: { type: string; origin: string }): string[] {
  if (type.startsWith('posthorn.')) return ['endpoints']
  return origin === 'receipt' || origin === 'consumer' ? ['orders', 'billing'] : []
}

/** Whether news are of what a query with this key shows. Its second part is the organization; what has none is of the server. */
export function concerns(news: News, [noun, organization]: readonly unknown[]): boolean {
  if (news === 'everything') return noun !== 'session'
  if (!news.nouns.includes(String(noun))) return false
  return news.organization === null || organization === undefined || organization === null || organization === news.organization
}
