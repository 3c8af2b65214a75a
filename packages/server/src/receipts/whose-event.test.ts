import { expect, test } from 'vitest'
import { whoseEvent } from './whose-event.js'
import type { SchemeName } from '@posthorn/webhooks'

const nothing = () => undefined

test.each<[SchemeName, unknown, string[], string[]]>([
  ['stripe', { account: 'acct_1', data: { object: { customer: { id: 'cus_1' }, metadata: { organizationId: 'a' }, client_reference_id: 'b' } } }, ['a', 'b'], ['cus_1', 'acct_1']],
  ['stripe', { data: { object: { object: 'invoice', parent: { subscription_details: { metadata: { organization_id: 'a' } } } } } }, ['a'], []],
  ['paypal', { resource: { custom_id: 'a', payer: { payer_id: 'P' }, purchase_units: [{ custom_id: 'b', payee: { merchant_id: 'M' } }] } }, ['a', 'b'], ['P', 'M']],
  ['square', { merchant_id: 'M', data: { object: { payment: { customer_id: 'C', reference_id: 'a' } } } }, ['a'], ['C', 'M']],
  ['shopify', { customer: { id: 5 }, note_attributes: [{ name: 'organizationId', value: 'a' }] }, ['a'], ['5']],
  ['twilio', { From: '+1', To: '+2', AccountSid: 'AC' }, [], ['+2', '+1', 'AC']],
  ['whatsapp', { entry: [{ id: 'W', changes: [{ value: { metadata: { phone_number_id: '7' } } }] }] }, [], ['7', 'W']],
  ['bare-commerce', { storeId: 's' }, ['s'], ['s']],
  ['devsphere', { organizationId: 'a', data: {} }, ['a'], []],
  ['bear-billing', { data: { organization_id: 'a', customer_id: 'c' } }, ['a'], ['c']],
  ['github', { installation: { id: 9 } }, [], ['9']],
])('%s %j', (provider, body, names, accounts) => {
  expect(whoseEvent(provider, body, nothing)).toMatchObject({ names, accounts })
})

test("Shopify's shop stands in a header", () => {
  expect(whoseEvent('shopify', {}, (name) => name === 'x-shopify-shop-domain' ? 'a.myshopify.com' : undefined).accounts).toEqual(['a.myshopify.com'])
})

test('only who is billed is linked by itself: a buyer and a merchant deal with many', () => {
  expect(whoseEvent('stripe', { account: 'acct_1', data: { object: { customer: 'cus_1' } } }, nothing).customer).toBe('cus_1')
  expect(whoseEvent('stripe', { account: 'acct_1', data: { object: {} } }, nothing).customer).toBeUndefined()
  expect(whoseEvent('paypal', { resource: { payer: { payer_id: 'P' } } }, nothing).customer).toBeUndefined()
})

test('what no organization or account can be called is left out', () => {
  expect(whoseEvent('stripe', { data: { object: { customer: 'x'.repeat(201), client_reference_id: 'x'.repeat(65), metadata: { organizationId: 'a\0b' } } } }, nothing)).toEqual({ names: [], accounts: [] })
})
