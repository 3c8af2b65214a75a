import { expect, test } from 'vitest'
import { splitBatch } from './split-batch.js'

test('SendGrid: each element as it stands', () => {
  expect(splitBatch('sendgrid', '[{"event": "open", "n":1.0},\r\n {"event":"click"}]\r\n', 2)).toEqual(['{"event": "open", "n":1.0}', '{"event":"click"}'])
})

test('Adyen: each item in the envelope that it came in', () => {
  expect(splitBatch('adyen', '{"live":"false", "notificationItems":[{"a":1}, {"a":2}]}', 2)).toEqual(['{"live":"false", "notificationItems":[{"a":1}]}', '{"live":"false", "notificationItems":[{"a":2}]}'])
})

test('WhatsApp: each message and status as if it had come alone, every value as it was written', () => {
  const one = '{"object":"w","entry":[{"id":"1","changes":[{"value":{"metadata":{"n":1.0},"messages":[{"id":"a"},{"id":"b"}],"statuses":[{"id":"c"}]},"field":"messages"},{"value":{"event":"x"},"field":"account_update"}]}, {"id":"2","changes":[{"value":{"statuses":[{"id":"d"}]},"field":"messages"}]}]}'
  expect(splitBatch('whatsapp', one, 5)).toEqual([
    '{"object":"w","entry":[{"id":"1","changes":[{"value":{"metadata":{"n":1.0},"messages":[{"id":"a"}]},"field":"messages"}]}]}',
    '{"object":"w","entry":[{"id":"1","changes":[{"value":{"metadata":{"n":1.0},"messages":[{"id":"b"}]},"field":"messages"}]}]}',
    '{"object":"w","entry":[{"id":"1","changes":[{"value":{"metadata":{"n":1.0},"statuses":[{"id":"c"}]},"field":"messages"}]}]}',
    '{"object":"w","entry":[{"id":"1","changes":[{"value":{"event":"x"},"field":"account_update"}]}]}',
    '{"object":"w","entry":[{"id":"2","changes":[{"value":{"statuses":[{"id":"d"}]},"field":"messages"}]}]}',
  ])
})

test('an envelope with one part is that part as it is', () => {
  expect(splitBatch('whatsapp', '{ "entry" : [ {"changes": [ {"value" : {"messages": [ {"id": "a"} ] }, "field": "messages"} ] } ] }', 1)).toBeUndefined()
})

test('a body in which other parts are found than verifying found is left whole', () => {
  expect(splitBatch('sendgrid', '[{"a":1}]', 2)).toBeUndefined()
  expect(splitBatch('stripe', '[{"a":1}]', 1)).toBeUndefined()
  for (const text of ['null', '1', '"x"', '{}', '{"entry":1}', '{"entry":[1,null,{"changes":{}}]}', '{"notificationItems":"x"}']) for (const provider of ['whatsapp', 'adyen', 'sendgrid'] as const) expect(splitBatch(provider, text, 1)).toBeUndefined()
})
