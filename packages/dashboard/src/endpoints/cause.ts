import type { Endpoint, FailingEndpoint } from '@posthorn/client'

/** Why an endpoint is not enabled, and what to do. */
export function causeOf({ state, disabledReason }: Pick<Endpoint, 'state' | 'disabledReason'>): string {
  if (state === 'paused') return 'Paused: what is sent to it is held until it is resumed.'
  if (disabledReason === 'gone') return 'It answered 410 Gone. Enable it once it exists again.'
  if (disabledReason === 'failing') return 'It failed for five days without a success. Repair it, then enable it.'
  return 'Disabled. What is sent to it is held.'
}

/** What an endpoint fails of, short. */
export function failureOf({ status, errorClass }: Pick<FailingEndpoint, 'status' | 'errorClass'>): string {
  if (status !== null) return `answers ${status}`
  return failures[errorClass ?? ''] ?? 'fails'
}

const failures: Readonly<Record<string, string>> = {
  timeout: 'does not answer in time', connect: 'takes no connection', tls: 'fails at TLS', dns: 'has a host that is not found', refused_address: 'has an address that is refused',
}
