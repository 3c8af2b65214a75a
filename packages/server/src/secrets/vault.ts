import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'

/** Keeps signing secrets unreadable in the database: AES-256-GCM under the operator's encryption key. */
export function createVault(key: Uint8Array): Vault {
  if (key.length !== keyBytes) throw new TypeError(`A vault needs a key of ${keyBytes} bytes; this one has ${key.length}.`)
  const ownKey = Uint8Array.from(key)

  return {
    seal(text, context) {
      // Random nonces of 96 bits are safe for some 2^32 seals under one key; a server seals a few times per endpoint.
      const nonce = randomBytes(nonceBytes)
      const cipher = createCipheriv('aes-256-gcm', ownKey, nonce, { authTagLength: tagBytes })
      cipher.setAAD(Buffer.from(context, 'utf8'))
      const hidden = [cipher.update(text, 'utf8'), cipher.final()]
      return version + Buffer.concat([nonce, ...hidden, cipher.getAuthTag()]).toString('base64url')
    },

    open(sealed, context) {
      if (!sealed.startsWith(version)) throw new UnopenableSecret(context, 'it was not sealed by a version of Posthorn that this one knows')
      const bytes = Buffer.from(sealed.slice(version.length), 'base64url')
      if (bytes.length < nonceBytes + tagBytes) throw new UnopenableSecret(context, 'it is cut short')

      const decipher = createDecipheriv('aes-256-gcm', ownKey, bytes.subarray(0, nonceBytes), { authTagLength: tagBytes })
      decipher.setAAD(Buffer.from(context, 'utf8'))
      decipher.setAuthTag(bytes.subarray(-tagBytes))
      try {
        return decipher.update(bytes.subarray(nonceBytes, -tagBytes), undefined, 'utf8') + decipher.final('utf8')
      } catch (cause) {
        throw new UnopenableSecret(context, 'it was sealed under another POSTHORN_ENCRYPTION_KEY, or it has been changed or moved', cause)
      }
    },
  }
}

export interface Vault {
  /** `context` says whose secret it is (`endpoint:12`): a sealed value copied to another row does not open there. */
  seal(text: string, context: string): string
  /** @throws {UnopenableSecret} under another key or context, or when a single bit has changed. */
  open(sealed: string, context: string): string
}

/** A fault of ours or of the operator's, never of the customer whose secret it is. */
export class UnopenableSecret extends Error {
  override readonly name = 'UnopenableSecret'

  constructor(readonly context: string, why: string, cause?: unknown) {
    super(`The secret of ${context} cannot be opened: ${why}.`, { cause })
  }
}

const version = 'v1.'
const keyBytes = 32
const nonceBytes = 12
const tagBytes = 16
