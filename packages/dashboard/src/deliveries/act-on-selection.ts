import { posthorn } from '../server/posthorn.js'
import { hasEnded } from './delivery-states.js'
import type { Delivery, DeliveryState } from '@posthorn/client'

export type Action = 'replay' | 'release' | 'discard'

/** Which states each action is for. */
export const fitting: Readonly<Record<Action, (state: DeliveryState) => boolean>> = {
  replay: hasEnded, release: (state) => state === 'held', discard: (state) => !hasEnded(state),
}

export interface Acted { failed: number; reason: string }

/** Replays are one job for each organization; the others are done one by one, and one that cannot be does not stop those after it. */
export async function actOn(action: Action, deliveries: readonly Delivery[]): Promise<Acted> {
  if (action !== 'replay') return actOnEach(action, deliveries)
  for (const [organization, its] of Map.groupBy(deliveries, ({ organizationId }) => organizationId)) {
    for (let from = 0; from < its.length; from += atOnce) await posthorn.replays.start(organization, { deliveryIds: its.slice(from, from + atOnce).map(({ id }) => id) })
  }
  return { failed: 0, reason: '' }
}

async function actOnEach(action: 'release' | 'discard', deliveries: readonly Delivery[]): Promise<Acted> {
  const waiting = [...deliveries]
  const acted: Acted = { failed: 0, reason: '' }
  const work = async () => {
    for (let delivery = waiting.shift(); delivery !== undefined; delivery = waiting.shift()) {
      await posthorn.deliveries[action](delivery.organizationId, delivery.id).catch((error: Error) => {
        acted.failed++
        acted.reason = error.message
      })
    }
  }
  await Promise.all(Array.from({ length: 6 }, work))
  return acted
}

const atOnce = 1_000
