import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fieldsAt, itemsAt, skipSpace } from './json-text.js'

describe('finding values in a JSON text', () => {
  test('every field is where its value stands, whatever the white space, the escapes and the order', () => {
    fc.assert(fc.property(printedObject, ({ text, fields }) => {
      JSON.parse(text) // what was printed is JSON
      const found = fieldsAt(text, skipSpace(text, 0))
      expect(found.map(({ name, start, end }) => [name, text.slice(start, end)])).toEqual(fields)
    }), { numRuns: 1_000 })
  })

  test('every item is where it stands', () => {
    fc.assert(fc.property(fc.array(printedValue, { maxLength: 6 }), space, (items, gap) => {
      const text = `${gap}[${items.map((item) => gap + item + gap).join(',')}${gap}]${gap}`
      JSON.parse(text)
      expect(itemsAt(text, skipSpace(text, 0)).map(({ start, end }) => text.slice(start, end))).toEqual(items)
    }))
  })

  test.each([
    ['{"a":1}', 0], ['{"a":[]}', 1], ['{"a":[[{"b":[]}]]}', 4], ['{"a":"[[["}', 0], ['{"a":{"\\"[":1}}', 1], ['{"a":[[],[[]]]}', 3],
  ])('%s nests %d deep', (text, depth) => {
    expect(fieldsAt(text, 0)[0]?.depth).toBe(depth)
  })

  test('a long row of backslashes costs no more than its length', () => {
    const text = `{"a":"${'\\\\'.repeat(100_000)}","b":"${'\\"'.repeat(100_000)}"}`
    expect(fieldsAt(text, 0).map(({ name }) => name)).toEqual(['a', 'b'])
  })
})

const space = fc.string({ unit: fc.constantFrom(' ', '\n', '\t', '\r'), maxLength: 4 })

/** Characters as some printer may write them: raw, or escaped though they need not be. */
const printedString = fc.array(fc.oneof(
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 3 }).map((text) => JSON.stringify(text).slice(1, -1)),
  fc.constantFrom('\\"', '\\\\', '\\/', '\\u0000', '\\ud800', '\\u0022', '\\u005c', '{', '}', '[', ']', ',', ':'),
), { maxLength: 8 }).map((pieces) => `"${pieces.join('')}"`)

const printedScalar = fc.oneof(
  printedString,
  fc.constantFrom('true', 'false', 'null', '-0', '1.0', '12345678901234567890', '1E+400', '0.10', '-1.5e-7'),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => JSON.stringify(number)),
)

const { value: printedValue } = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof({ depthSize: 'small' },
    printedScalar,
    fc.tuple(fc.array(tie('value'), { maxLength: 4 }), space).map(([items, gap]) => `[${gap}${items.join(`${gap},${gap}`)}${gap}]`),
    fc.tuple(fc.array(fc.tuple(printedString, tie('value')), { maxLength: 4 }), space).map(([pairs, gap]) => `{${gap}${pairs.map(([name, value]) => `${name}${gap}:${gap}${value}`).join(`,${gap}`)}${gap}}`)),
}))

const printedObject = fc.tuple(fc.array(fc.tuple(printedString, printedValue), { maxLength: 6 }), space, space).map(([pairs, before, after]) => ({
  text: `${before}{${pairs.map(([name, value]) => `${after}${name}${before}:${after}${value}${before}`).join(',')}${after}}${before}`,
  fields: pairs.map(([name, value]) => [JSON.parse(name) as string, value]),
}))
