import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { UnopenableSecret, createVault } from './vault.js'

describe('the vault', () => {
  const vault = createVault(randomBytes(32))

  test('opens what it sealed, whatever the text', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (text) => vault.open(vault.seal(text, 'endpoint:1'), 'endpoint:1') === text))
  })

  test('opens what another process sealed under the same key', () => {
    const key = randomBytes(32)
    expect(createVault(key).open(createVault(key).seal('whsec_abc', 'endpoint:1'), 'endpoint:1')).toBe('whsec_abc')
  })

  test('never seals the same text to the same value twice, so equal secrets do not show', () => {
    expect(vault.seal('whsec_abc', 'endpoint:1')).not.toBe(vault.seal('whsec_abc', 'endpoint:1'))
  })

  test('shows neither the text nor its base64', () => {
    const sealed = vault.seal('whsec_abcdefghijkl', 'endpoint:1')
    expect(sealed).toMatch(/^v1\.[A-Za-z0-9_-]+$/)
    expect(sealed).not.toContain(Buffer.from('whsec_abcdefghijkl').toString('base64url').slice(0, 20))
  })

  test('refuses a value that was moved to another endpoint', () => {
    const sealed = vault.seal('whsec_abc', 'endpoint:1')
    expect(() => vault.open(sealed, 'endpoint:12')).toThrow(UnopenableSecret)
  })

  test('refuses a value sealed under another key, and names the setting to look at', () => {
    const sealed = createVault(randomBytes(32)).seal('whsec_abc', 'endpoint:1')
    expect(() => vault.open(sealed, 'endpoint:1')).toThrow(/secret of endpoint:1 .* another POSTHORN_ENCRYPTION_KEY/)
  })

  test('refuses a value in which any one bit has changed', () => {
    const sealed = vault.seal('whsec_abc', 'endpoint:1')
    const bytes = Buffer.from(sealed.slice(3), 'base64url')
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const changed = Buffer.from(bytes)
      changed[bit >> 3]! ^= 1 << (bit & 7)
      expect(() => vault.open(`v1.${changed.toString('base64url')}`, 'endpoint:1')).toThrow(UnopenableSecret)
    }
  })

  test('refuses what is cut short, and what it never sealed', () => {
    for (const text of ['', 'v1.', 'v1.AAAA', 'v2.AAAA', 'whsec_abc']) expect(() => vault.open(text, 'endpoint:1')).toThrow(UnopenableSecret)
  })

  test('is not affected when the caller wipes the key it handed over', () => {
    const key = randomBytes(32)
    const own = createVault(key)
    const sealed = own.seal('whsec_abc', 'endpoint:1')
    key.fill(0)
    expect(own.open(sealed, 'endpoint:1')).toBe('whsec_abc')
  })

  test('takes no key of another length', () => {
    expect(() => createVault(randomBytes(16))).toThrow('32 bytes; this one has 16')
  })
})
