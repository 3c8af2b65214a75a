import { createPublicKey, verify } from 'node:crypto'

/** Checks of asymmetric signatures on Node. `public-key-web.ts` says the same elsewhere. */
export function verifyEd25519(publicKey: Uint8Array, content: Uint8Array, signature: Uint8Array): boolean {
  try {
    // RFC 8410: SubjectPublicKeyInfo around a bare Ed25519 key is this prefix and the 32 bytes.
    const key = createPublicKey({ key: Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), publicKey]), format: 'der', type: 'spki' })
    return verify(null, content, key, signature)
  } catch {
    return false
  }
}

/** ECDSA on P-256 with SHA-256; the signature in DER. Undefined when the key cannot be read. */
export function verifyEcdsaP256(publicKeySpki: Uint8Array, content: Uint8Array, derSignature: Uint8Array): boolean | undefined {
  let key
  try {
    key = createPublicKey({ key: Buffer.from(publicKeySpki), format: 'der', type: 'spki' })
    if (key.asymmetricKeyType !== 'ec') return undefined
  } catch {
    return undefined
  }
  try {
    return verify('sha256', content, key, derSignature)
  } catch {
    return false
  }
}
