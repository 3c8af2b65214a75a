import { UnopenableSecret, type Vault } from './vault.js'

/** The fact that holds a known text, sealed under the key that everything else is sealed under. */
export const keyCheckFact = 'encryption_key_check'

/** What the vault can prove itself by: the known text, or else a secret of an endpoint from before there was one. */
export interface Sealed { text: string; context: string }

export function sealKeyCheck(vault: Vault): string {
  return vault.seal(knownText, keyCheckContext)
}

export function keyCheckOf(text: string): Sealed {
  return { text, context: keyCheckContext }
}

/**
 * At the start, before anything would be sealed under a wrong key or an attempt could not be signed.
 *
 * @throws {Error} that says what to do
 */
export function refuseWrongKey(vault: Vault, sealed: Sealed, whence: string): void {
  try {
    vault.open(sealed.text, sealed.context)
  } catch (error) {
    if (!(error instanceof UnopenableSecret)) throw error
    throw new Error(`${whence} is not the encryption key that the secrets in this database are sealed with. Start with the key that it was used with before; without it they cannot be read, and each endpoint and source needs a new one.`, { cause: error })
  }
}

const keyCheckContext = 'installation:encryption_key_check'
const knownText = 'posthorn'
