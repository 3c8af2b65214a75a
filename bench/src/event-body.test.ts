import { expect, test } from 'vitest'
import { eventBody, eventBytes, stamp, stampIn } from './event-body.js'

test('an event body is valid JSON of exactly 500 bytes', () => {
  const { before, after } = eventBody('bench.one.3')
  const body = before + stamp(1_234_567.8) + after
  expect(Buffer.byteLength(body)).toBe(eventBytes)
  expect(JSON.parse(body)).toMatchObject({ type: 'bench.one.3', data: { sentAtUs: '0000000001234568' } })
})

test('the moment of sending is found again inside any envelope', () => {
  const { before, after } = eventBody('bench.one.3')
  const { data } = JSON.parse(before + stamp(98_765_432_101) + after) as { data: unknown }
  const envelope = Buffer.from(JSON.stringify({ type: 'bench.one.3', timestamp: '2026-01-01T00:00:00Z', data }))
  expect(stampIn(envelope, 0, envelope.length)).toBe(98_765_432_101)
})

test('a body without a moment, or with one that lies beyond its end, has none', () => {
  expect(stampIn(Buffer.from('{"data":{}}'), 0, 11)).toBeUndefined()
  const next = Buffer.from('{"data":{}}{"sentAtUs":"0000000001234568"}')
  expect(stampIn(next, 0, 11)).toBeUndefined()
  expect(stampIn(Buffer.from('{"sentAtUs":"12x4567890123456"}'), 0, 31)).toBeUndefined()
})
