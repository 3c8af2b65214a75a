import { sealContext } from '../endpoints/signing-secrets.js'
import { createVault } from '../secrets/vault.js'
import { sql } from '../storage/sql.js'
import type { Database } from '../storage/database.js'

/** @throws when the signing secrets of a database were sealed under another encryption key than this one */
export async function refuseOtherKey(db: Database, key: Uint8Array): Promise<void> {
  const endpoint = await db.first<{ secrets: string; organization: string }>(sql`
    select e.secrets, o.public_id as organization from endpoints e join organizations o on o.id = e.organization_id
    where o.deleted_at is null order by e.id desc limit 1`)
  if (endpoint === undefined) return
  try {
    createVault(key).open(endpoint.secrets, sealContext(endpoint.organization, 'secrets'))
  } catch (cause) {
    throw new Error('POSTHORN_ENCRYPTION_KEY is not the key of the source. Give the one that its server was started with; under another the secrets cannot be read.', { cause })
  }
}
