import { describe, expect, test } from 'vitest'
import { bodyOf, draftOf } from './draft.js'
import type { Endpoint } from '@posthorn/client'

const endpoint: Endpoint = {
  id: 'ep_1', url: 'https://shop.example/hooks', description: 'Shop', eventTypes: ['order.*'], format: 'stripe', headers: { 'X-Tenant': 'acme' }, timeoutSeconds: 5, ratePerSecond: null, ordered: true,
  retryPolicy: { exponential: { first: '5s', factor: 2, max: '1h', attempts: 8 } }, secondSignature: { format: 'standard' }, inherits: ['format'], managed: null, state: 'enabled', disabledReason: null,
  version: 1, secretHint: '…abcd', createdAt: '2026-01-01T00:00:00Z', updatedAt: '2026-01-01T00:00:00Z',
}

describe('the endpoint form', () => {
  test('sends nothing of an endpoint that was only looked at', () => {
    expect(bodyOf(draftOf(endpoint), endpoint)).toEqual({})
  })

  test('sends what has changed and nothing else', () => {
    expect(bodyOf({ ...draftOf(endpoint), description: 'Old shop', headers: [] }, endpoint)).toEqual({ description: 'Old shop', headers: null })
  })

  test('an empty choice is what the organization says', () => {
    expect(bodyOf({ ...draftOf(endpoint), retryPolicy: '' }, endpoint)).toEqual({ retryPolicy: null })
    expect(bodyOf({ ...draftOf(endpoint), secondFormat: '' }, endpoint)).toEqual({ secondSignature: null })
  })

  test('a schedule is written as one likes, with commas or spaces', () => {
    for (const schedule of ['0s, 5s, 2m', '0s 5s  2m ', '0s,5s,2m']) {
      expect(bodyOf({ ...draftOf(undefined), url: ' https://a.example ', retryPolicy: 'own', schedule })).toMatchObject({ url: 'https://a.example', retryPolicy: { schedule: ['0s', '5s', '2m'] } })
    }
  })

  test('waits that grow are numbers of four fields', () => {
    const draft = draftOf(endpoint)
    expect(draft).toMatchObject({ retryPolicy: 'growing', growth: { first: '5s', factor: '2', max: '1h', attempts: '8' } })
    expect(bodyOf({ ...draft, growth: { ...draft.growth, factor: '1.5' } }, endpoint)).toEqual({ retryPolicy: { exponential: { first: '5s', factor: 1.5, max: '1h', attempts: 8 } } })
  })

  test('a header without a name is not sent', () => {
    expect(bodyOf({ ...draftOf(undefined), headers: [{ name: ' X-A ', value: ' 1 ' }, { name: '', value: 'left over' }] }).headers).toEqual({ 'X-A': '1' })
  })
})
