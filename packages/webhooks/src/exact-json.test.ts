import fc from 'fast-check'
import { expect, test } from 'vitest'
import { at, listAt, parseExactJson, textAt } from './exact-json.js'

test('an integer beyond 2^53 comes out as its digits', () => {
  expect(parseExactJson('{"id":820982911946154508,"list":[-9007199254740993,1]}')).toEqual({ id: '820982911946154508', list: ['-9007199254740993', 1] })
})

test('what a number can hold stays a number', () => {
  expect(parseExactJson('[9007199254740991,1234567890.1234567890123456,1e21,-0.00000000000000001]')).toEqual([9007199254740991, 1234567890.1234567, 1e21, -1e-17])
})

test('digits inside a text stay text, also behind an escaped quotation mark', () => {
  const text = '{"a":"9999999999999999","b":"x\\"9999999999999999 \\\\","9999999999999999":9999999999999999}'
  expect(parseExactJson(text)).toEqual({ a: '9999999999999999', b: 'x"9999999999999999 \\', '9999999999999999': '9999999999999999' })
})

test('all other JSON reads as JSON.parse reads it', () => {
  const digits = (_: string, value: unknown) => (typeof value === 'number' && /^-?\d{16,}$/.test(String(value)) && !Number.isSafeInteger(value) ? String(value) : value)
  fc.assert(fc.property(fc.json(), (text) => { expect(parseExactJson(text)).toEqual(JSON.parse(text, digits)) }))
})

test('what is no JSON is undefined', () => {
  for (const text of ['', '{', '{"a":12345678901234567890', '012345678901234567890', 'undefined']) expect(parseExactJson(text)).toBeUndefined()
})

test('only own properties are looked at', () => {
  expect(at({}, 'constructor', 'name')).toBeUndefined()
  expect(textAt([1], 'length')).toBe('1')
  expect(textAt({ a: { b: '' } }, 'a', 'b')).toBeUndefined()
  expect(listAt({ a: 'text' }, 'a')).toEqual([])
})
