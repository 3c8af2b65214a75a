import { betterDataMeaning } from './better-data.js'
import { paypalMeaning } from './paypal.js'
import { shopifyMeaning } from './shopify.js'
import { squareMeaning } from './square.js'
import { stripeMeaning } from './stripe.js'
import { bigcommerceMeaning, woocommerceMeaning } from './other-shops.js'
import { twilioMeaning } from './twilio.js'
import { whatsappMeaning } from './whatsapp.js'
import type { SchemeName } from '@posthorn/webhooks'
import type { NormalizedEvent } from './normalized-event.js'
import type { ProviderEvent } from './provider-event.js'

/** What a provider's event means in our words: nothing, one thing, or several. Never throws: what lacks a field that it must have means nothing. */
export function normalized(event: ProviderEvent): NormalizedEvent[] {
  return meanings[event.provider]?.(event).map(withoutUndefined) ?? []
}

const meanings: Partial<Record<SchemeName, (event: ProviderEvent) => NormalizedEvent[]>> = {
  stripe: stripeMeaning,
  paypal: paypalMeaning,
  square: squareMeaning,
  shopify: shopifyMeaning,
  woocommerce: woocommerceMeaning,
  bigcommerce: bigcommerceMeaning,
  'better-data': betterDataMeaning,
  twilio: twilioMeaning,
  whatsapp: whatsappMeaning,
}

function withoutUndefined(event: NormalizedEvent): NormalizedEvent {
  return { ...event, data: Object.fromEntries(Object.entries(event.data).filter(([, value]) => value !== undefined)) } as unknown as NormalizedEvent
}
