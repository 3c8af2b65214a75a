import { generateSecret } from '@posthorn/webhooks/signer'
import { sealContext } from '../endpoints/signing-secrets.js'
import { anySealedSecret } from '../endpoints/read-endpoints.js'
import { idBeforeDeletion } from '../organizations/organization-id.js'
import { sourceSealContext, type SourceSecrets } from '../sources/source.js'
import { sql } from '../storage/sql.js'
import { keyCheckFact, keyCheckOf, sealKeyCheck } from './key-check.js'
import type { Database } from '../storage/database.js'
import type { Vault } from './vault.js'

/** What had to be given up, so that somebody can put it right. */
export interface GivenUp { endpoints: number; sources: number }

/**
 * Makes a database whose encryption key is lost usable under a new one. What was sealed is gone, whoever asks for it: each
 * endpoint gets a new signing secret and loses its extra headers and second signature, each source waits, paused, for its
 * secrets. Everything else is as it was. No server may run on the database meanwhile.
 *
 * @throws when this key opens what is there: then nothing is lost
 */
export async function replaceLostKey(db: Database, vault: Vault): Promise<GivenUp> {
  return db.transaction(async (tx) => {
    await refuseRightKey(tx, vault)
    const endpoints = await tx.all<{ id: number; organization_id: number; public_id: string }>(sql`
      select e.id, e.organization_id, o.public_id from endpoints e join organizations o on o.id = e.organization_id order by e.id`)
    for (const { id, public_id } of endpoints) {
      const sealed = vault.seal(JSON.stringify({ current: generateSecret() }), sealContext(idBeforeDeletion(public_id), 'secrets'))
      await tx.run(sql`update endpoints set secrets = ${sealed}, headers = null, second_signature = null, version = version + 1, updated_at = ${tx.now} where id = ${id}`)
    }
    const sources = await tx.all<{ id: number; name: string }>(sql`select id, name from sources where sealed is not null order by id`)
    for (const { id, name } of sources) {
      const sealed = vault.seal(JSON.stringify({ secrets: [] } satisfies SourceSecrets), sourceSealContext(name))
      await tx.run(sql`update sources set sealed = ${sealed}, state = 1, updated_at = ${tx.now} where id = ${id}`)
    }
    await tx.run(sql`delete from installation where name = ${keyCheckFact}`)
    await tx.run(sql`insert into installation (name, value) values (${keyCheckFact}, ${sealKeyCheck(vault)})`)
    const inUse = await tx.first<{ number: number }>(sql`select count(*) as number from endpoints where state < 3`)
    return { endpoints: inUse?.number ?? 0, sources: sources.length }
  })
}

async function refuseRightKey(tx: Database, vault: Vault): Promise<void> {
  const fact = await tx.first<{ value: string }>(sql`select value from installation where name = ${keyCheckFact}`)
  const sealed = fact === undefined ? await anySealedSecret(tx, {}) : keyCheckOf(fact.value)
  if (sealed === undefined) throw new Error('Nothing in this database is sealed; start the server with the key.')
  try {
    vault.open(sealed.text, sealed.context)
  } catch {
    return
  }
  throw new Error('This key opens the secrets of the database: nothing is lost. Start the server with it.')
}
