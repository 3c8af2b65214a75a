import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { noBilling } from '../billing/billing.js'
import { decide } from '../billing/decide.js'
import { defaultPlans } from '../billing/plans.js'
import { billingTypes, toldByStripe } from '../billing/stripe-billing.js'
import { paypalTellings, paypalTypes } from '../orders/paypal-tellings.js'
import { squareTellings, squareTypes } from '../orders/square-tellings.js'
import { stripeTellings, stripeTypes } from '../orders/stripe-tellings.js'
import { BadEvent } from './consumer.js'
import { textAt, type ProviderObject } from './provider-json.js'

const folder = process.env['POSTHORN_TEST_PAYLOADS'] ?? new URL('../../../../../shared/payloads', import.meta.url).pathname
const isThere = existsSync(folder)
if (!isThere) process.stdout.write(`No sample payloads at ${folder}: what reads them is skipped. POSTHORN_TEST_PAYLOADS names another folder.\n`)

describe.skipIf(!isThere)('bodies of providers', () => {
  test('of Stripe are read by billing, whatever version of the API made them', () => {
    const read = bodies('stripe', 'type').filter(({ type }) => (billingTypes as readonly string[]).includes(type))
    expect(read.map(({ type }) => type).sort()).toEqual([...billingTypes].sort())
    const state = read.reduce((before, { type, body }) => decide(before, toldByStripe(type, body), defaultPlans).state, noBilling)
    expect(state.view).toMatchObject({ record: { subscriptionId: expect.stringMatching(/^sub_/), status: 'canceled', plan: 'free' } })
  })

  test('of Stripe, PayPal and Square are read by orders, or refused in words', () => {
    const told = [
      ...bodies('stripe', 'type').filter(({ type }) => (stripeTypes as readonly string[]).includes(type)).map(({ type, body }) => attempt(() => stripeTellings(type, body))),
      ...bodies('paypal', 'event_type').filter(({ type }) => (paypalTypes as readonly string[]).includes(type)).map(({ type, body }) => attempt(() => paypalTellings(type, body))),
      ...bodies('square', 'type').filter(({ type }) => (squareTypes as readonly string[]).includes(type)).map(({ type, body }) => attempt(() => squareTellings(type, body))),
    ]
    expect(told.length).toBeGreaterThan(15)
    expect(told.filter((each) => typeof each === 'string')).toEqual(['The event names no capture that was refunded.'])
    expect(JSON.stringify(told)).toContain('"references":["paypal:42311647XV020574X"],"facts":{"paid":{"value":{"minor":251,"currency":"USD","exponent":2}')
  })
})

function bodies(provider: string, typeField: string): { type: string; body: ProviderObject }[] {
  return readdirSync(`${folder}/${provider}`).filter((name) => name.endsWith('.json')).map((name) => {
    const body = JSON.parse(readFileSync(`${folder}/${provider}/${name}`, 'utf8')) as ProviderObject
    return { type: `${provider}.${textAt(body, typeField)}`, body }
  })
}

function attempt(read: () => unknown): unknown {
  try {
    return read()
  } catch (error) {
    if (error instanceof BadEvent) return error.message
    throw error
  }
}
