import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { prettyJson } from './pretty-json.js'

describe('JSON laid out for reading', () => {
  test('has a line for each field and item', () => {
    expect(laidOut('{"a":[1,{"b":null}],"c":{},"d":[]}')).toBe('{\n  "a": [\n    1,\n    {\n      "b": null\n    }\n  ],\n  "c": {},\n  "d": []\n}')
  })

  test('keeps every number and escape as it came', () => {
    expect(laidOut('[12345678901234567890, 1.0, -0, 1E5, "\\u0041\\"{,"]')).toBe('[\n  12345678901234567890,\n  1.0,\n  -0,\n  1E5,\n  "\\u0041\\"{,"\n]')
  })

  test('is undefined for what is no JSON', () => {
    expect(prettyJson('{"a":}')).toBeUndefined()
    expect(prettyJson('<b>')).toBeUndefined()
  })

  test('means what it meant, whatever the JSON', () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => {
      expect(JSON.parse(laidOut(JSON.stringify(value)))).toEqual(JSON.parse(JSON.stringify(value)))
    }))
  })
})

function laidOut(text: string): string {
  return (prettyJson(text) ?? []).map((piece) => piece.text).join('')
}
