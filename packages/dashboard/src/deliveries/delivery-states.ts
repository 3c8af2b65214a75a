import type { DeliveryState } from '@posthorn/client'

/** In the order of a delivery's life. */
export const deliveryStates = ['pending', 'retrying', 'held', 'succeeded', 'dead', 'discarded'] as const satisfies readonly DeliveryState[]
