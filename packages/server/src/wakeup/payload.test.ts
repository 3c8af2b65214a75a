import { expect, test } from 'vitest'
import { asPayload, fromPayload, merged } from './payload.js'

test('news goes through a payload as it was', () => {
  const news = { streams: [1, 2, 3], lanes: true, outbox: false, nodes: true, access: false }
  expect(fromPayload(asPayload('me', news))).toEqual({ from: 'me', news })
})

test('too many streams to be named are all, and the payload stays as short as PostgreSQL wants it', () => {
  const many = Array.from({ length: 5_000 }, (_, n) => 1_000_000 + n)
  expect(fromPayload(asPayload('me', { streams: many }))?.news.streams).toBe('all')
  expect(asPayload('x'.repeat(36), { streams: many.slice(0, 700), lanes: true, outbox: true, nodes: true, access: true }).length).toBeLessThan(8_000)
})

test('what somebody else says on the channel is nothing', () => {
  for (const payload of [undefined, '', 'hello', '{}', '[]', 'null', '{"streams":[1]}']) expect(fromPayload(payload)).toBeUndefined()
  expect(fromPayload('{"from":"x","streams":["1; drop table"]}')?.news.streams).toBeUndefined()
})

test('what is told in between goes out together', () => {
  expect(merged({ streams: [1, 2] }, { streams: [2, 3], lanes: true })).toMatchObject({ streams: [1, 2, 3], lanes: true, nodes: false, access: false })
  expect(merged({ streams: [1] }, { streams: 'all' }).streams).toBe('all')
  expect(merged({ lanes: true }, { nodes: true }).streams).toBeUndefined()
})
