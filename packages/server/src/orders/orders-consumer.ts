import { parseObject } from '../consumers/provider-json.js'
import { paypalTellings, paypalTypes } from './paypal-tellings.js'
import { squareTellings, squareTypes } from './square-tellings.js'
import { stripeTellings, stripeTypes } from './stripe-tellings.js'
import { takeInInvoice, takeInTelling } from './take-in-telling.js'
import type { Consumer } from '../consumers/consumer.js'
import type { Tellings } from './telling.js'

/** Makes one order of each payment that succeeds, whoever took it and however often it is told of. */
export const ordersConsumer: Consumer = {
  name: 'orders',
  types: [...stripeTypes, ...paypalTypes, ...squareTypes],
  async consume(tx, { organizationId, type, data }) {
    const { payments, invoiced } = tellingsOf(type, data)
    const events = invoiced === undefined ? [] : await takeInInvoice(tx, organizationId, invoiced)
    for (const telling of payments) events.push(...await takeInTelling(tx, organizationId, telling))
    return events
  },
}

function tellingsOf(type: string, data: string): Tellings {
  const event = parseObject(data)
  if (type.startsWith('stripe.')) return stripeTellings(type, event)
  return type.startsWith('paypal.') ? paypalTellings(type, event) : squareTellings(type, event)
}
