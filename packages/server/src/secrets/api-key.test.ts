import { describe, expect, test } from 'vitest'
import { hashApiKey, isAcceptableAdminKey, isSameHash, makeApiKey } from './api-key.js'

describe('an API key', () => {
  test('is ph_ and 43 letters and digits, so it needs no quoting anywhere', () => {
    expect(makeApiKey()).toMatch(/^ph_[0-9A-Za-z]{43}$/)
  })

  test('is never made twice', () => {
    expect(new Set(Array.from({ length: 1_000 }, makeApiKey)).size).toBe(1_000)
  })

  test('uses every letter about equally often', () => {
    const counts = new Map<string, number>()
    for (let made = 0; made < 2_000; made++) for (const letter of makeApiKey().slice(3)) counts.set(letter, (counts.get(letter) ?? 0) + 1)
    const expected = (2_000 * 43) / 62
    expect(counts.size).toBe(62)
    // Six standard deviations: the first letters of a modulo without rejection would be 25 % too frequent.
    for (const count of counts.values()) expect(Math.abs(count - expected)).toBeLessThan(6 * Math.sqrt(expected))
  })

  test('is stored as its SHA-256', () => {
    expect(hashApiKey('abc').toString('hex')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
  })

  test('is known by its hash, and no other key is', () => {
    const key = makeApiKey()
    expect(isSameHash(hashApiKey(key), hashApiKey(key))).toBe(true)
    expect(isSameHash(hashApiKey(key), hashApiKey(makeApiKey()))).toBe(false)
    expect(isSameHash(hashApiKey(key), hashApiKey(key).subarray(0, 16))).toBe(false)
  })
})

describe('an admin key that the operator brings', () => {
  test('may be any 32 or more printable characters', () => {
    for (const key of [makeApiKey(), 'x'.repeat(32), 'correct horse battery staple, twice over', '~!@#$%^&*()_+{}|:"<>?`-=[]\\;\',./', 'y'.repeat(500)]) {
      expect(isAcceptableAdminKey(key)).toBe(true)
    }
  })

  test.each([
    ['shorter', 'x'.repeat(31)],
    ['with a line end', `${'x'.repeat(32)}\n`],
    ['with a line end inside', `${'x'.repeat(32)}\n${'x'.repeat(32)}`],
    ['with a space at its end, which a header loses', `${'x'.repeat(32)} `],
    ['with a control character', `${'x'.repeat(32)}\u0007x`],
    ['beyond ASCII, which a header cannot carry', 'ü'.repeat(40)],
    ['empty', ''],
  ])('is refused when it is %s', (_, key) => {
    expect(isAcceptableAdminKey(key)).toBe(false)
  })
})
