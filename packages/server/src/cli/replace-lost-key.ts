import { openTarget, refuseAtWork } from '../copy/place.js'
import { replaceLostKey as replace } from '../secrets/replace-lost-key.js'
import { createVault } from '../secrets/vault.js'
import { BadConfiguration } from './failure.js'
import type { Settings } from '../config/settings.js'
import type { Terminal } from './terminal.js'

/** Gives up what was sealed under a key that is lost, so that the database can be used under the one that is given. */
export async function replaceLostKey({ databaseUrl, encryptionKey }: Settings, { yes }: { yes?: true }, terminal: Terminal): Promise<void> {
  if (encryptionKey === undefined) throw new BadConfiguration(['POSTHORN_ENCRYPTION_KEY is missing: set it to the new key. Make one with `openssl rand -base64 32`.'])
  if (yes !== true) throw new Error('Every endpoint gets a new signing secret, and loses its extra headers and second signature; every source is paused until it has its secrets again. If the key is lost for good, say --yes.')
  const place = await openTarget(databaseUrl)
  try {
    await refuseAtWork(place.db)
    const { endpoints, sources } = await replace(place.db, createVault(encryptionKey))
    terminal.print(`${endpoints} endpoint${endpoints === 1 ? ' has a new signing secret: tell its owner' : 's have new signing secrets: tell their owners'} (GET …/endpoints/{id}/secret). Extra headers and second signatures are to be set again.`)
    terminal.print(`${sources} source${sources === 1 ? ' is paused until it is' : 's are paused until they are'} given secrets again (PATCH /v1/sources/{name}).`)
  } finally {
    await place.close()
  }
}
