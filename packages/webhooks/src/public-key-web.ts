/** Checks of asymmetric signatures where there is no node:crypto. */
export async function verifyEd25519(publicKey: Uint8Array, content: Uint8Array, signature: Uint8Array): Promise<boolean> {
  try {
    const key = await subtle.importKey('raw', publicKey.slice(), { name: 'Ed25519' }, false, ['verify'])
    return await subtle.verify({ name: 'Ed25519' }, key, signature.slice(), content.slice())
  } catch {
    return false
  }
}

/** ECDSA on P-256 with SHA-256; the signature in DER. Undefined when the key cannot be read. */
export async function verifyEcdsaP256(publicKeySpki: Uint8Array, content: Uint8Array, derSignature: Uint8Array): Promise<boolean | undefined> {
  let key
  try {
    key = await subtle.importKey('spki', publicKeySpki.slice(), { name: 'ECDSA', namedCurve: 'P-256' }, false, ['verify'])
  } catch {
    return undefined
  }
  const raw = rawFromDer(derSignature)
  return raw !== undefined && subtle.verify({ name: 'ECDSA', hash: 'SHA-256' }, key, raw.slice(), content.slice())
}

const { subtle } = globalThis.crypto

/** WebCrypto wants r and s as 32 bytes each; DER (X.690) wraps them as two integers in a sequence. */
function rawFromDer(der: Uint8Array): Uint8Array | undefined {
  if (der[0] !== 0x30 || der[1] !== der.length - 2 || der[2] !== 0x02) return undefined
  const rLength = der[3] ?? 0
  const sAt = 4 + rLength
  if (der[sAt] !== 0x02 || sAt + 2 + (der[sAt + 1] ?? 0) !== der.length) return undefined

  const raw = new Uint8Array(64)
  for (const [index, integer] of [der.subarray(4, sAt), der.subarray(sAt + 2)].entries()) {
    const bare = integer[0] === 0 ? integer.subarray(1) : integer
    if (bare.length > 32) return undefined
    raw.set(bare, index * 32 + 32 - bare.length)
  }
  return raw
}
