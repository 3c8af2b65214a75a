/**
 * Parses JSON without rounding: an integer that a JavaScript number cannot hold (Shopify sends ids beyond 2^53)
 * comes out as the string of its digits. Undefined when the text is not JSON.
 */
export function parseExactJson(text: string): unknown {
  try {
    return JSON.parse(hasLongDigits.test(text) ? quoteUnsafeIntegers(text) : text)
  } catch {
    return undefined
  }
}

/** What lies at this path of own properties; undefined when the path breaks off. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  let current = value
  for (const step of path) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, step)) return undefined
    current = (current as Record<string | number, unknown>)[step]
  }
  return current
}

/** The text at this path; a number counts as its digits, an empty text as none. */
export function textAt(value: unknown, ...path: readonly (string | number)[]): string | undefined {
  const found = at(value, ...path)
  if (typeof found === 'string') return found === '' ? undefined : found
  return typeof found === 'number' || typeof found === 'bigint' ? String(found) : undefined
}

/** The list at this path, empty when there is none. */
export function listAt(value: unknown, ...path: readonly (string | number)[]): readonly unknown[] {
  const found = at(value, ...path)
  return Array.isArray(found) ? found : []
}

const hasLongDigits = /\d{16}/

/** One pass and no regular expression: this also runs on bodies whose sender is not proven yet, and must not be slow on any. */
function quoteUnsafeIntegers(text: string): string {
  let written = ''
  let copiedTo = 0
  let at = 0
  while (at < text.length) {
    const code = text.charCodeAt(at)
    if (code === quote) {
      at = endOfString(text, at)
    } else if (isNumberPart(code)) {
      const start = at
      while (at < text.length && isNumberPart(text.charCodeAt(at))) at += 1
      if (at - start < 16) continue
      const number = text.slice(start, at)
      if (!/^-?[1-9]\d*$/.test(number) || Number.isSafeInteger(Number(number))) continue
      written += `${text.slice(copiedTo, start)}"${number}"`
      copiedTo = at
    } else at += 1
  }
  return written + text.slice(copiedTo)
}

const quote = 0x22
const backslash = 0x5c

function endOfString(text: string, start: number): number {
  let at = start + 1
  while (at < text.length) {
    const code = text.charCodeAt(at)
    if (code === backslash) at += 2
    else if (code === quote) return at + 1
    else at += 1
  }
  return at
}

/** Digits, sign, point and exponent: whatever a number token is made of. */
function isNumberPart(code: number): boolean {
  return (code >= 0x30 && code <= 0x39) || code === 0x2b || code === 0x2d || code === 0x2e || code === 0x45 || code === 0x65
}
