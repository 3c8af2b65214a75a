import { at, listAt, textAt } from '@posthorn/webhooks/exact-json'
import { plainText } from '../sources/plain-text.js'
import type { SchemeName } from '@posthorn/webhooks'

/** What an event says about whose it is, the surest first. */
export interface Whose {
  /** Organizations that it names. */
  names: readonly string[]
  /** Customers, merchants and shops that an organization may be linked to. */
  accounts: readonly string[]
  /** The one of them that is linked by itself to an organization named beside it: who is billed. Buyers and merchants are not; they deal with many. */
  customer?: string | undefined
}

/** Reads out of a provider's event whose it is: what it names outright, and whom it is about. */
export function whoseEvent(provider: SchemeName, body: unknown, header: (name: string) => string | undefined): Whose {
  const { names, accounts } = (readers[provider] ?? anyEnvelope)(body, header)
  const known = told(accounts).filter((account) => account.length <= maxAccountLength)
  const customer = provider === 'stripe' ? known.find((account) => account.startsWith('cus_')) : undefined
  return { names: told(names).filter((name) => name.length <= 64), accounts: known, ...(customer !== undefined && { customer }) }
}

export const maxAccountLength = 200

type Reader = (body: unknown, header: (name: string) => string | undefined) => { names: Found[]; accounts: Found[] }
type Found = string | undefined

const named = (metadata: unknown): Found => textAt(metadata, 'organizationId') ?? textAt(metadata, 'organization_id')
/** An id, or the object that it was expanded to. */
const idAt = (value: unknown, ...path: string[]): Found => textAt(value, ...path) ?? textAt(value, ...path, 'id')

const readers: Partial<Record<SchemeName, Reader>> = {
  stripe(body) {
    const object = at(body, 'data', 'object')
    return {
      // An invoice carries its subscription's metadata under one of these, by the version of the API.
      names: [named(at(object, 'metadata')), named(at(object, 'subscription_details', 'metadata')), named(at(object, 'parent', 'subscription_details', 'metadata')), textAt(object, 'client_reference_id')],
      accounts: [textAt(object, 'object') === 'customer' ? textAt(object, 'id') : idAt(object, 'customer'), textAt(body, 'account')],
    }
  },
  paypal(body) {
    const resource = at(body, 'resource')
    const units = listAt(resource, 'purchase_units')
    return {
      names: [textAt(resource, 'custom_id'), textAt(resource, 'custom'), ...units.map((unit) => textAt(unit, 'custom_id'))],
      accounts: [
        textAt(resource, 'payer', 'payer_id'), textAt(resource, 'subscriber', 'payer_id'), textAt(resource, 'payer', 'payer_info', 'payer_id'),
        textAt(resource, 'payee', 'merchant_id'), ...units.map((unit) => textAt(unit, 'payee', 'merchant_id')),
      ],
    }
  },
  square(body) {
    // The object lies under its own name: payment, order_created, invoice.
    const object = at(body, 'data', 'object')
    const inner = typeof object === 'object' && object !== null ? Object.values(object) : []
    return {
      names: inner.flatMap((each) => [named(at(each, 'metadata')), textAt(each, 'reference_id')]),
      accounts: [...inner.map((each) => textAt(each, 'customer_id')), textAt(body, 'merchant_id')],
    }
  },
  shopify(body, header) {
    const attributes = listAt(body, 'note_attributes')
    const attribute = (name: string) => textAt(attributes.find((each) => textAt(each, 'name') === name), 'value')
    return { names: [attribute('organizationId') ?? attribute('organization_id')], accounts: [textAt(body, 'customer', 'id'), header('x-shopify-shop-domain') ?? header('shopify-shop-domain')] }
  },
  twilio: (body) => ({ names: [], accounts: [textAt(body, 'MessagingServiceSid'), textAt(body, 'To'), textAt(body, 'From'), textAt(body, 'AccountSid')] }),
  whatsapp(body) {
    const entries = listAt(body, 'entry')
    return { names: [], accounts: [...entries.flatMap((entry) => listAt(entry, 'changes').map((change) => textAt(change, 'value', 'metadata', 'phone_number_id'))), ...entries.map((entry) => textAt(entry, 'id'))] }
  },
  'bare-commerce': (body) => ({ names: [textAt(body, 'storeId'), named(at(body, 'data'))], accounts: [textAt(body, 'storeId')] }),
  adyen: (body) => ({
    names: listAt(body, 'notificationItems').map((item) => textAt(item, 'NotificationRequestItem', 'additionalData', 'metadata.organizationId')),
    accounts: listAt(body, 'notificationItems').map((item) => textAt(item, 'NotificationRequestItem', 'merchantAccountCode')),
  }),
}

/** Envelopes that carry it in the open, or in the metadata of what they are about. */
const anyEnvelope: Reader = (body) => ({
  names: [named(body), named(at(body, 'metadata')), named(at(body, 'data')), named(at(body, 'data', 'metadata')), named(at(body, 'data', 'custom_data')), named(at(body, 'data', 'object', 'metadata'))],
  accounts: [idAt(body, 'data', 'customer_id'), idAt(body, 'data', 'customer'), idAt(body, 'installation', 'id'), textAt(body, 'team_id'), textAt(body, 'store_id'), textAt(body, 'account_id')],
})

function told(found: readonly Found[]): string[] {
  // What a database cannot hold is nobody's name.
  return [...new Set(found.filter((text) => text !== undefined && text === plainText(text, text.length)))] as string[]
}
