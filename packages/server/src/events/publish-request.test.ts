import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Problem } from '../problems/problem.js'
import { readBatch, readPublish } from './publish-request.js'

describe('reading a publish', () => {
  test.each([
    '12345678901234567890', '1.0', '-0', '"\\u0000"', '"\\ud800"', 'null', '{"b":1,"a":{"b": 2 }}', '[1 , 2]', '{"__proto__":{"x":1}}', '{"a":1,"a":2}',
  ])('data %s is the text that was sent', (data) => {
    expect(readPublish(`{"type":"order.created","data": ${data} }`).data).toBe(data)
  })

  test('a name that is written with escapes is the same name', () => {
    expect(readPublish('{"t\\u0079pe":"a","d\\u0061ta":1}')).toMatchObject({ type: 'a', data: '1' })
  })

  test('without an id it has no key, and with one the key covers type, time and data', () => {
    expect(readPublish('{"type":"a","data":1}').keys).toEqual([])
    const digest = (rest: string) => readPublish(`{"id":"x",${rest}}`).keys[0]?.digest
    expect(digest('"type":"a","data":1')).toBe(digest('"data":1,  "type":"a"'))
    const others = ['"type":"b","data":1', '"type":"a","data":2', '"type":"a","data":1.0', '"type":"a","data":1,"occurredAt":"2025-03-01T12:00:00Z"']
    for (const other of others) expect(digest(other)).not.toBe(digest('"type":"a","data":1'))
  })

  test.each([
    ['', 'not_json'], ['{', 'not_json'], ['{"type":"a","data":1}x', 'not_json'], ['\ufeff{"type":"a","data":1}', 'not_json'], ["{'type':'a'}", 'not_json'],
    ['[]', 'invalid_request'], ['null', 'invalid_request'], ['1', 'invalid_request'], ['{}', 'invalid_request'], ['{"data":1}', 'invalid_request'], ['{"type":"a"}', 'invalid_request'],
    ['{"type":1,"data":1}', 'invalid_request'], ['{"type":"a","data":1,"occurredAt":5}', 'invalid_request'], ['{"type":"a","data":1,"occurredAt":"2025-02-30T00:00:00Z"}', 'invalid_request'],
    ['{"type":"a","data":1,"occurredAt":null}', 'invalid_request'],
    ['{"type":"a b","data":1}', 'invalid_event_type'], ['{"type":"","data":1}', 'invalid_event_type'], ['{"type":"a..b","data":1}', 'invalid_event_type'], ['{"type":"ä","data":1}', 'invalid_event_type'],
    ['{"type":"a\\u0000","data":1}', 'invalid_event_type'], [`{"type":"${'a'.repeat(129)}","data":1}`, 'invalid_event_type'], ['{"type":"posthorn.test","data":1}', 'invalid_event_type'],
    ['{"type":"a","data":1,"id":"a.b"}', 'invalid_event_id'], ['{"type":"a","data":1,"id":""}', 'invalid_event_id'], ['{"type":"a","data":1,"id":7}', 'invalid_event_id'], [`{"type":"a","data":1,"id":"${'a'.repeat(65)}"}`, 'invalid_event_id'],
    ['{"type":"a","data":1,"colour":"red"}', 'unknown_field'], ['{"type":"a","data":1,"__proto__":{}}', 'unknown_field'], ['{"type":"a","data":1,"constructor":1}', 'unknown_field'], ['{"type":"a","data":1,"":1}', 'unknown_field'],
    ['{"type":"a","data":1,"data":2}', 'repeated_field'], ['{"type":"a","data":1,"d\\u0061ta":2}', 'repeated_field'], ['{"type":"a","type":"a","data":1}', 'repeated_field'],
    [`{"type":"a","data":${'['.repeat(65)}${']'.repeat(65)}}`, 'too_deep'], [`{"type":"a","data":${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}}`, 'too_deep'],
  ])('%.80s is refused as %s', (text, code) => {
    expect(problemOf(() => readPublish(text))).toBe(code)
  })

  test('64 levels are not too deep', () => {
    expect(readPublish(`{"type":"a","data":${'['.repeat(64)}${']'.repeat(64)}}`).data).toHaveLength(128)
  })

  test('any text is read or refused, and never anything else', () => {
    const pieces = fc.array(fc.oneof(fc.constantFrom('{', '}', '[', ']', ',', ':', '"', '\\', '"type"', '"data"', '"id"', '"a.b"', '1', 'null', ' ', '\\u0000', '\ud800'), fc.string({ unit: 'binary', maxLength: 3 })), { maxLength: 30 }).map((list) => list.join(''))
    fc.assert(fc.property(fc.oneof(pieces, fc.json(), fc.string({ unit: 'binary' })), (text) => {
      for (const read of [readPublish, readBatch]) problemOf(() => read(text))
    }), { numRuns: 600 })
  })
})

describe('reading a batch', () => {
  test('each event is read or refused by itself, in order', () => {
    const items = readBatch('{"events":[ {"type":"a","data":1.0}, {"type":"a b","data":1}, 5, {"type":"c","data":{"x": 1},"id":"7"} ]}')
    expect(items.map((item) => item instanceof Problem ? item.code : [item.type, item.data])).toEqual([['a', '1.0'], 'invalid_event_type', 'invalid_request', ['c', '{"x": 1}']])
  })

  test('one event that is too large is refused alone', () => {
    const items = readBatch(`{"events":[{"type":"a","data":"${'x'.repeat(256 * 1024)}"},{"type":"a","data":"${'ä'.repeat(131_000)}"},{"type":"a","data":"${'ä'.repeat(131_072)}"}]}`)
    expect(items.map((item) => item instanceof Problem ? item.code : 'read')).toEqual(['too_large', 'read', 'too_large'])
  })

  test.each([
    ['{}', 'invalid_request'], ['{"events":{}}', 'invalid_request'], ['[]', 'invalid_request'], ['{"events":[],"x":1}', 'unknown_field'], ['{"events":[],"events":[]}', 'repeated_field'],
    [`{"events":[${Array.from({ length: 1_001 }, () => '{}').join(',')}]}`, 'too_large'],
  ])('%.60s is refused as %s', (text, code) => {
    expect(problemOf(() => readBatch(text))).toBe(code)
  })
})

function problemOf(read: () => unknown): string | undefined {
  try {
    read()
    return undefined
  } catch (error) {
    if (error instanceof Problem) return error.code
    throw error
  }
}
