import type { ApiSurroundings } from './surroundings.js'

/** Discards what waits for deleted endpoints, in the background and a little at a time. What a stop interrupts, housekeeping finishes. */
export function discardForDeleted({ engine, log }: Pick<ApiSurroundings, 'engine' | 'log'>): void {
  void (async () => {
    while (await engine.store.command('discardForDeletedEndpoints', { limit }) === limit);
  })().catch((error: unknown) => log.error('endpoint.discard_failed', { error }))
}

const limit = 500
