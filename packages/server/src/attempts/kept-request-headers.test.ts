import { expect, test } from 'vitest'
import { keptRequestHeaders, readKeptRequestHeaders } from './kept-request-headers.js'

const sent = { 'content-type': 'application/json', 'user-agent': 'Posthorn/1', 'webhook-id': 'evt_1', 'webhook-timestamp': '1768478400', 'webhook-signature': 'v1,abc' }

test('what every request of an event carries is not kept, and read all the same', () => {
  const kept = keptRequestHeaders(sent, 'evt_1')
  expect(JSON.parse(kept)).toEqual({ 'user-agent': 'Posthorn/1', 'webhook-timestamp': '1768478400', 'webhook-signature': 'v1,abc' })
  expect(readKeptRequestHeaders(kept, 'evt_1')).toEqual(sent)
})

test('what an endpoint has set otherwise is kept', () => {
  const own = { ...sent, 'content-type': 'application/cloudevents+json', 'webhook-id': 'order-7' }
  expect(readKeptRequestHeaders(keptRequestHeaders(own, 'evt_1'), 'evt_1')).toEqual(own)
})

test('an attempt from before, which kept everything, is read as it is', () => {
  expect(readKeptRequestHeaders(JSON.stringify({ ...sent, 'webhook-id': 'evt_of_then' }), 'evt_1')).toEqual({ ...sent, 'webhook-id': 'evt_of_then' })
})

test('where what was sent was removed, nothing is made up; and where the event is gone, its id is not', () => {
  expect(readKeptRequestHeaders('{}', 'evt_1')).toEqual({})
  expect(readKeptRequestHeaders(keptRequestHeaders(sent, 'evt_1'), null)).not.toHaveProperty('webhook-id')
})

test('credentials are kept as dots', () => {
  expect(readKeptRequestHeaders(keptRequestHeaders({ ...sent, authorization: 'Bearer abc', 'x-api-key': '1', 'X-Secret': '2' }, 'evt_1'), 'evt_1')).toEqual({ ...sent, authorization: '••••', 'x-api-key': '••••', 'X-Secret': '••••' })
})
