import type { DeliveryState } from '@posthorn/client'

/** In the order of a delivery's life. */
export const deliveryStates = ['pending', 'retrying', 'held', 'succeeded', 'dead', 'discarded'] as const satisfies readonly DeliveryState[]

export function hasEnded(state: DeliveryState): boolean {
  return state === 'succeeded' || state === 'dead' || state === 'discarded'
}

/** What an attempt can fail of, in the words of the API and in ours. */
export const errorClasses = [
  ['http', 'An answer that is not 2xx'], ['timeout', 'No answer in time'], ['connect', 'No connection'], ['tls', 'TLS failed'], ['dns', 'No such host'], ['refused_address', 'An address that is refused'],
] as const

/** Answers that are looked for; any other status can stand in the address. */
export const statuses = [['2xx', '2xx: taken'], ['3xx', '3xx: sent elsewhere'], ['4xx', '4xx: refused'], ['5xx', '5xx: failed'], '401', '404', '410', '429', '500', '502', '503', '504'] as const
