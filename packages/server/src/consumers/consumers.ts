import { Followers } from './followers.js'
import { WokenLoop } from './woken-loop.js'
import type { Consumed, CursorKey } from './consume.js'
import type { ConsumerSettings } from './consumer.js'

/** What Posthorn's own consumers find around them. */
export interface ConsumersAround {
  /** Those of these organizations that have any consumer. */
  following(organizations: readonly number[]): Promise<readonly number[]>
  due(request: { organizations: readonly number[] | undefined; limit: number }): Promise<CursorKey[]>
  consume(request: { cursors: readonly CursorKey[]; limit: number; at: number; settings: ConsumerSettings }): Promise<Consumed>
  /** What they published lies in these streams and is to be dispatched. */
  streamsMoved(organizationIds: readonly number[]): void
  now(): number
  settings: ConsumerSettings
  parked(event: Consumed['parked'][number]): void
  report(error: unknown, what: string): void
}

/** Little at a time, because others wait for the writer. */
const cursorsAtOnce = 50
const eventsAtOnce = 200
const pollMs = 1_000

/** The loop that lets Posthorn's own consumers go on. */
export function runConsumers(around: ConsumersAround): WokenLoop {
  const followers = new Followers(around)
  return new WokenLoop({
    pollMs,
    async work(told) {
      const organizations = told && await followers.among(told)
      if (organizations?.length === 0) return { behind: [], isMoreOfAll: false }
      const cursors = await around.due({ organizations, limit: cursorsAtOnce })
      if (cursors.length === 0) return { behind: [], isMoreOfAll: false }
      const { moved, behind, parked } = await around.consume({ cursors, limit: eventsAtOnce, at: around.now(), settings: around.settings })
      if (moved.length > 0) around.streamsMoved(moved)
      for (const event of parked) around.parked(event)
      return { behind: behind.map(({ organizationId }) => organizationId), isMoreOfAll: cursors.length === cursorsAtOnce }
    },
    report: (error) => around.report(error, 'Consumers could not go on; they try again.'),
  })
}
