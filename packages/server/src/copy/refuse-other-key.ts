import { anySealedSecret } from '../endpoints/read-endpoints.js'
import { createVault } from '../secrets/vault.js'
import type { Database } from '../storage/database.js'

/** @throws when the signing secrets of a database were sealed under another encryption key than this one */
export async function refuseOtherKey(db: Database, key: Uint8Array): Promise<void> {
  const sealed = await anySealedSecret(db, {})
  if (sealed === undefined) return
  try {
    createVault(key).open(sealed.text, sealed.context)
  } catch (cause) {
    throw new Error('POSTHORN_ENCRYPTION_KEY is not the key of the source. Give the one that its server was started with; under another the secrets cannot be read.', { cause })
  }
}
