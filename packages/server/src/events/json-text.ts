/**
 * Where things stand in a JSON text, so that a value can be taken out of it byte for byte. All of this expects text that
 * `JSON.parse` has accepted, and on such text it is right; what it says about any other text means nothing.
 */

/** One field of an object, or one item of an array (whose name is empty): its value is `text.slice(start, end)`. */
export interface Place { name: string; start: number; end: number; depth: number }

/** The fields of the object that begins at `start`, in the order written, repeated ones included. `depth` of a value: how deeply it nests by itself, 0 for a scalar. */
export function fieldsAt(text: string, start: number): Place[] {
  const places: Place[] = []
  let i = skipSpace(text, start + 1)
  while (text.charCodeAt(i) !== closingBrace) {
    const nameEnd = endOfString(text, i)
    const name = readName(text, i, nameEnd)
    i = skipSpace(text, skipSpace(text, nameEnd) + 1)
    const place = placeAt(text, i, name)
    places.push(place)
    i = skipSpace(text, place.end)
    if (text.charCodeAt(i) === comma) i = skipSpace(text, i + 1)
  }
  return places
}

/** The items of the array that begins at `start`. */
export function itemsAt(text: string, start: number): Place[] {
  const places: Place[] = []
  let i = skipSpace(text, start + 1)
  while (text.charCodeAt(i) !== closingBracket) {
    const place = placeAt(text, i, '')
    places.push(place)
    i = skipSpace(text, place.end)
    if (text.charCodeAt(i) === comma) i = skipSpace(text, i + 1)
  }
  return places
}

/** The first character at or after `i` that is not JSON's white space. */
export function skipSpace(text: string, i: number): number {
  let code = text.charCodeAt(i)
  while (code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09) code = text.charCodeAt(++i)
  return i
}

/** How deeply the value that begins at `start` nests: 0 for a scalar, 1 for `[]`. */
export function depthAt(text: string, start: number): number {
  return placeAt(text, start, '').depth
}

const quote = 0x22
const comma = 0x2c
const backslash = 0x5c
const openingBracket = 0x5b
const closingBracket = 0x5d
const openingBrace = 0x7b
const closingBrace = 0x7d

function placeAt(text: string, start: number, name: string): Place {
  const first = text.charCodeAt(start)
  if (first === quote) return { name, start, end: endOfString(text, start), depth: 0 }
  if (first !== openingBrace && first !== openingBracket) return { name, start, end: endOfScalar(text, start), depth: 0 }

  let open = 0
  let depth = 0
  let i = start
  for (;;) {
    const code = text.charCodeAt(i)
    if (code === quote) {
      i = endOfString(text, i)
      continue
    }
    if (code === openingBrace || code === openingBracket) {
      if (++open > depth) depth = open
    } else if ((code === closingBrace || code === closingBracket) && --open === 0) return { name, start, end: i + 1, depth }
    i++
    if (i > text.length) return { name, start, end: text.length, depth }
  }
}

/** Just behind the closing quote of the string whose opening quote stands at `start`. */
function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1)
  while (end > 0 && text.charCodeAt(end - 1) === backslash && isEscaped(text, end)) end = text.indexOf('"', end + 1)
  return end < 0 ? text.length : end + 1
}

/** A quote is part of the string when an odd number of backslashes stands before it. */
function isEscaped(text: string, at: number): boolean {
  let i = at
  while (text.charCodeAt(i - 1) === backslash) i--
  return (at - i) % 2 === 1
}

function endOfScalar(text: string, start: number): number {
  let i = start
  for (;;) {
    const code = text.charCodeAt(i)
    // Of what may follow a number or a word, all but the closing signs and the comma is white space. NaN: the end of the text.
    if (code === comma || code === closingBrace || code === closingBracket || code <= 0x20 || Number.isNaN(code)) return i
    i++
  }
}

function readName(text: string, start: number, end: number): string {
  const name = text.slice(start + 1, end - 1)
  return name.includes('\\') ? JSON.parse(text.slice(start, end)) as string : name
}
