import { describe, expect, test } from 'vitest'
import { optionsDraftOf, optionsOf } from './source-options.js'

describe('the options of a source', () => {
  test('come back from the form as they were', () => {
    const options = { header: 'X-Sig', prefix: 'HMAC ', signedParts: [{ literal: 'v0:' }, 'timestamp', { literal: ':' }, 'body'], timestampHeader: 'X-Time', toleranceSeconds: 60, algorithm: 'sha512' }
    const draft = optionsDraftOf({ provider: 'generic', options })
    expect(draft).toMatchObject({ signedParts: 'v0:{timestamp}:{body}', toleranceSeconds: '60' })
    expect(optionsOf(draft, 'generic')).toEqual({ ...options, encoding: null, secretEncoding: null, timestampUnit: null, idHeader: null, publicUrl: null })
  })

  test('that are empty go back to the default, and of another provider none is sent', () => {
    expect(optionsOf({ header: 'X-Sig', toleranceSeconds: '' }, 'github')).toEqual({ toleranceSeconds: null })
  })

  test('certificates are told apart however they are pasted', () => {
    const [one, other] = ['A', 'B'].map((body) => `-----BEGIN CERTIFICATE-----\n${body}\n-----END CERTIFICATE-----`)
    expect(optionsOf({ trustAnchors: `${one}\n\n${other}\n` }, 'paypal')).toMatchObject({ trustAnchors: [one, other], intermediates: null })
    // The server says what is wrong with it.
    expect(optionsOf({ trustAnchors: 'no certificate' }, 'paypal')).toMatchObject({ trustAnchors: ['no certificate'] })
  })
})
