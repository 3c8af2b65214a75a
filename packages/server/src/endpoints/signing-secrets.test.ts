import { createSigner, signingSchemes, type SigningSchemeName } from '@posthorn/webhooks/signer'
import { describe, expect, test } from 'vitest'
import { isRotating, rotate, signingSecrets } from './signing-secrets.js'

const old = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
const young = 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD'
const message = { id: 'evt_1', timestamp: 1_700_000_000, body: '{}' }

describe('signing while a secret is rotated', () => {
  test.each(['standard', 'stripe'] as const)('%s carries both signatures, the new one first', (format) => {
    const [header] = Object.values(headersOf(format, 500)) as [string]
    const values = [signatureOf(format, young), signatureOf(format, old)]
    expect(values.every((value) => header.includes(value))).toBe(true)
    expect(header.indexOf(values[0] as string)).toBeLessThan(header.indexOf(values[1] as string))
  })

  test.each(['bare-commerce', 'bear-billing', 'devsphere', 'better-data', 'github', 'shopify'] as const)('%s goes on with the old one and tells the new one beside it', (format) => {
    const name = signingSchemes[format].header
    expect(headersOf(format, 500)).toMatchObject({ [name]: createSigner(format, [old])(message)[name], [`${name}-next`]: createSigner(format, [young])(message)[name] })
  })

  test.each(['standard', 'bare-commerce'] as const)('%s knows only the new one once the overlap has ended', (format) => {
    expect(headersOf(format, 1_000)).toEqual(createSigner(format, [young])(message))
  })

  test('tells when the list changes, and that a rotation is under way until then', () => {
    const stored = rotate({ current: old }, young, 1_000, 0)
    expect(signingSecrets(stored, signingSchemes.standard.layout, 999).changesAt).toBe(1_000)
    expect(signingSecrets(stored, signingSchemes.standard.layout, 1_000).changesAt).toBeUndefined()
    expect([isRotating(stored, 999), isRotating(stored, 1_000)]).toEqual([true, false])
  })

  test('without an overlap the old one ends at once', () => {
    expect(rotate({ current: old }, young, 0, 0)).toEqual({ current: young })
  })

  function headersOf(format: SigningSchemeName, now: number) {
    const { secrets } = signingSecrets(rotate({ current: old }, young, 1_000, 0), signingSchemes[format].layout, now)
    const headers = createSigner(format, secrets)(message)
    return format === 'standard' && now < 1_000 ? { [signingSchemes.standard.header]: headers[signingSchemes.standard.header] as string } : headers
  }

  function signatureOf(format: SigningSchemeName, secret: string): string {
    return (createSigner(format, [secret])(message)[signingSchemes[format].header] as string).split(/v1[,=]/)[1] as string
  }
})
