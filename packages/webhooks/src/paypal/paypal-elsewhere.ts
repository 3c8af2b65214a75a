import type { Provider } from '../provider.js'
import { refused } from '../verdict.js'

/** Where there is no Node crypto, certificate chains cannot be checked, and an unchecked one would prove nothing. */
export const paypalProvider: Provider = {
  check: async () => refused('needs_node', 'PayPal signs with certificates, and checking their chain needs Node\'s crypto, which this runtime lacks. Receive PayPal on Node, or ask PayPal\'s verify-webhook-signature API.'),
  read: () => ({}),
}
