import { consumerWaitsMs } from '../consumers/after-failure.js'
import { parseObject, textAt } from '../consumers/provider-json.js'
import type { Handler } from '../consumers/handlers.js'
import type { Parts } from '../server/parts.js'
import type { PosthornOptions } from './options.js'

/** Asks what has changed where a platform says only that something has, for the organizations whose inventory is kept. */
export function followCatalog({ store, clock }: Pick<Parts, 'store' | 'clock'>, fetchCatalog: NonNullable<PosthornOptions['fetchCatalog']>, streamsMoved: (organizationIds: readonly number[]) => void): Handler {
  return {
    consumer: 'inventory:catalog', patterns: ['product.updated'], timeoutMs: 60_000, retryWaitsMs: consumerWaitsMs,
    async handle({ id, organizationId, organization, data, occurredAt }) {
      const changedSince = textAt(parseObject(data), 'changedSince')
      if (changedSince === undefined) return
      const consumers = await store.query('listConsumers', { organizationId })
      if (!consumers.some(({ name }) => name === 'inventory')) return

      const products = await fetchCatalog({ organizationId: organization, changedSince })
      const { published } = await store.command('applyCatalog', { organizationId, products, occurredAt, toldBy: id, at: clock.now() })
      if (published > 0) streamsMoved([organizationId])
    },
  }
}
