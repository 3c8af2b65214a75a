import { createHash, createHmac, generateKeyPairSync, sign } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import * as hmacNode from './hmac-node.js'
import * as hmacWeb from './hmac-web.js'
import * as publicKeyNode from './public-key-node.js'
import * as publicKeyWeb from './public-key-web.js'
import { base64, fromBase64, fromHex, hex } from './encoding.js'
import { createSigner, generateSecret } from './signer.js'
import { sign as signAnywhere } from './sign.js'

const content = Buffer.from('{"name":"Zoë"}')

describe.each([['Node', hmacNode], ['WebCrypto', hmacWeb]])('HMAC on %s', (_, platform) => {
  test.each(['sha1', 'sha256', 'sha384', 'sha512'] as const)('%s is what it is everywhere', async (algorithm) => {
    const digest = await platform.hmac(platform.hmacKey(algorithm, Buffer.from('key')) as never, content)
    expect(hex(digest)).toBe(createHmac(algorithm, 'key').update(content).digest('hex'))
  })

  test('a digest without a key too', async () => {
    expect(hex(await platform.digestSha256(content))).toBe(createHash('sha256').update(content).digest('hex'))
  })

  test('bytes are equal only when all of them are, and as many', () => {
    expect(platform.equalBytes(Buffer.from('abc'), Buffer.from('abc'))).toBe(true)
    for (const other of ['abd', 'Abc', 'ab', 'abcd', '']) expect(platform.equalBytes(Buffer.from('abc'), Buffer.from(other))).toBe(false)
  })
})

describe.each([['Node', publicKeyNode], ['WebCrypto', publicKeyWeb]])('public keys on %s', (_, platform) => {
  test('Ed25519', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519')
    const key = Buffer.from(publicKey.export({ format: 'jwk' }).x!, 'base64url')
    const signature = sign(null, content, privateKey)
    expect(await platform.verifyEd25519(key, content, signature)).toBe(true)
    expect(await platform.verifyEd25519(key, Buffer.from('other'), signature)).toBe(false)
    expect(await platform.verifyEd25519(Buffer.from('short'), content, signature)).toBe(false)
  })

  test('ECDSA on P-256 with signatures in DER, whose integers vary in length', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const key = publicKey.export({ format: 'der', type: 'spki' })
    for (let round = 0; round < 40; round++) {
      const text = Buffer.from(`text ${round}`)
      const signature = sign('sha256', text, privateKey)
      expect(await platform.verifyEcdsaP256(key, text, signature)).toBe(true)
      expect(await platform.verifyEcdsaP256(key, content, signature)).toBe(false)
    }
    expect(await platform.verifyEcdsaP256(Buffer.from('no key'), content, Buffer.alloc(70))).toBeUndefined()
    for (const broken of ['', '30', '3006020101', '30060201ff0201ff', '3000']) expect(await platform.verifyEcdsaP256(key, content, Buffer.from(broken, 'hex'))).toBe(false)
  })
})

test('sign, on any runtime, makes what the signer makes on Node', async () => {
  const message = { id: 'evt_1', timestamp: 1767225600, body: content }
  const secrets = [generateSecret(), generateSecret()]
  for (const scheme of ['standard', 'stripe', 'bare-commerce', 'shopify', 'slack'] as const) {
    expect(await signAnywhere(scheme, secrets, message)).toEqual(createSigner(scheme, secrets)(message))
  }
  await expect(signAnywhere('standard', '', message)).rejects.toThrow(/no secret that works/)
  await expect(signAnywhere('standard', [], message)).rejects.toMatchObject({ code: 'secret_unusable' })
})

test('hex and base64 read back what they wrote, and refuse what they would not write', () => {
  const bytes = Uint8Array.from({ length: 256 }, (_, index) => index)
  for (let length = 0; length < 256; length += 17) {
    const some = bytes.subarray(0, length)
    expect(fromHex(hex(some))).toEqual(some)
    expect(fromBase64(base64(some))).toEqual(some)
    expect(base64(some)).toBe(Buffer.from(some).toString('base64'))
  }
  for (const text of ['A', 'AA=', 'AAA==', 'A A=', 'AA-_', 'AA==AA==']) expect(fromBase64(text)).toBeUndefined()
  for (const text of ['a', 'zz', '0x00', 'a b ']) expect(fromHex(text)).toBeUndefined()
})
