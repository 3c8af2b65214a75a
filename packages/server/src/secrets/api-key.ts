import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

/** A new API key, admin or organization's: `ph_` and 43 letters and digits, 256 bits of chance. Shown once, kept as its hash. */
export function makeApiKey(): string {
  return `ph_${letters(43)}`
}

/** What is stored and compared instead of the key. A plain hash suffices: nobody guesses 256 bits, so there is nothing to slow down. */
export function hashApiKey(key: string): Buffer {
  return createHash('sha256').update(key, 'utf8').digest()
}

/** Whether two hashes are equal, in a time that does not tell how much of them is. */
export function isSameHash(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && timingSafeEqual(one, other)
}

/** Whether an operator's own text may be the admin key: at least 32 printable ASCII characters that survive a header unchanged. */
export function isAcceptableAdminKey(text: string): boolean {
  return /^[!-~][ -~]{30,}[!-~]$/.test(text)
}

function letters(count: number): string {
  let text = ''
  while (text.length < count) {
    // 248 is the last multiple of 62 in a byte; taking more would make the first letters likelier.
    for (const byte of randomBytes(2 * count)) if (byte < 248 && text.length < count) text += alphabet.charAt(byte % 62)
  }
  return text
}

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
