/** What a key may do. `admin` of an organization's key reaches as far as that organization; the server's own admin key reaches all. */
export const scopes = ['admin', 'webhooks:manage', 'webhooks:read', 'events:publish'] as const
export type Scope = (typeof scopes)[number]

/** Whether what a key has covers what is asked: `admin` covers everything, and who may manage may read. */
export function covers(held: readonly Scope[], wanted: Scope): boolean {
  return held.includes(wanted) || held.includes('admin') || (wanted === 'webhooks:read' && held.includes('webhooks:manage'))
}
