import { sealContext, signingSecrets, type SigningSecrets } from '../endpoints/signing-secrets.js'
import { endpointId } from '../ids/public-id.js'
import type { Store } from '../operations/store.js'
import type { FormatDefinition } from '../formats/format.js'
import type { Vault } from '../secrets/vault.js'
import type { FindSigners } from './signature-check.js'

/** Looks up in the database who sends to an inspector, and opens their secrets. */
export function findSignersIn({ store, vault, formats, clock }: { store: Store; vault: Vault; formats: readonly FormatDefinition[]; clock: { now(): number } }): FindSigners {
  const formatNamed = new Map(formats.map((format) => [format.name, format]))

  return async (inspectorId) => {
    const endpoints = await store.query('inspectedEndpoints', { inspectorId })
    return endpoints.flatMap(({ id, organizationPublicId, format, sealedSecrets }) => {
      const definition = formatNamed.get(format)
      if (definition === undefined) return []
      const stored = JSON.parse(vault.open(sealedSecrets, sealContext(organizationPublicId, 'secrets'))) as SigningSecrets
      const { secrets } = signingSecrets(stored, definition.signature.layout, clock.now())
      return [{ endpoint: endpointId(id), organization: organizationPublicId, format, scheme: definition.signature, secrets }]
    })
  }
}
