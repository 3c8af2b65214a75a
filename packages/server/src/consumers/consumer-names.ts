/** The consumers that come with Posthorn. */
export const consumerNames = ['billing', 'orders', 'inventory'] as const
export type ConsumerName = (typeof consumerNames)[number]

/** Which consumers an organization has: those that it names itself, else those that go with its catalog. */
export function consumersOf({ catalog, consumers }: { catalog: string | null; consumers: readonly ConsumerName[] | null }): readonly ConsumerName[] {
  return consumers ?? (catalog === null ? undefined : byCatalog.get(catalog)) ?? []
}

const byCatalog = new Map<string, readonly ConsumerName[]>([
  ['bare-commerce', ['orders']],
  ['better-data', ['billing', 'inventory']],
])
