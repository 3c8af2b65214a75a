import { sourceSealContext, type OpenSource, type Source, type SourceSecrets } from './source.js'
import type { BuiltInSource } from './built-in-sources.js'
import type { Vault } from '../secrets/vault.js'
import type { SchemeName } from '@posthorn/webhooks'

export interface SourceBookPartners {
  find(name: string): Promise<Source | undefined>
  ofProvider(provider: SchemeName): Promise<Source[]>
  register(sources: readonly Pick<BuiltInSource, 'name' | 'provider'>[]): Promise<{ name: string; id: number }[]>
  open: Vault['open']
  now(): number
}

/** Knows the sources with their secrets in the clear: those that settings name, and, for a second after they were read, those of the database. */
export class SourceBook {
  readonly #partners: SourceBookPartners
  readonly #builtIn: readonly BuiltInSource[]
  readonly #recent = new Map<string, { source: OpenSource; readAt: number }>()
  #registering: Promise<Map<string, OpenSource>> | undefined
  #generation = 0

  constructor(builtIn: readonly BuiltInSource[], partners: SourceBookPartners) {
    this.#builtIn = builtIn
    this.#partners = partners
  }

  async find(name: string): Promise<OpenSource | undefined> {
    const builtIn = (await this.registered()).get(name)
    if (builtIn !== undefined) return builtIn
    const known = this.#recent.get(name)
    if (known !== undefined && this.#partners.now() - known.readAt < maxAgeMs) return known.source

    const [generation, readAt] = [this.#generation, this.#partners.now()]
    const found = await this.#partners.find(name)
    const source = found && openSource(found, this.#partners.open)
    // What was read before a change must not outlive it; what is not there is not remembered, since anybody may ask for it.
    if (source !== undefined && generation === this.#generation) {
      if (this.#recent.size >= maxEntries) this.#recent.clear()
      this.#recent.set(name, { source, readAt })
    }
    return source
  }

  /** Those of one provider: the one that bears its name, or else all that there are. */
  async ofProvider(provider: SchemeName): Promise<OpenSource[]> {
    const named = await this.find(provider)
    if (named?.provider === provider) return [named]
    const found = await this.#partners.ofProvider(provider)
    return found.map((source) => openSource(source, this.#partners.open)).filter((source) => source !== undefined)
  }

  isBuiltIn(name: string): boolean {
    return this.#builtIn.some((source) => source.name === name)
  }

  /** After a source was changed here. */
  forget(): void {
    this.#generation++
    this.#recent.clear()
  }

  /** The settings' sources, with the numbers that the database has for them. */
  registered(): Promise<Map<string, OpenSource>> {
    this.#registering ??= this.#register()
    // A database that was away is asked again.
    this.#registering.catch(() => { this.#registering = undefined })
    return this.#registering
  }

  async #register(): Promise<Map<string, OpenSource>> {
    const ids = new Map((await this.#partners.register(this.#builtIn.map(({ name, provider }) => ({ name, provider })))).map(({ name, id }) => [name, id]))
    return new Map(this.#builtIn.map((source) => [source.name, { ...source, id: ids.get(source.name) as number, organizationId: null, state: 'enabled' }]))
  }
}

/** Opens what is sealed of a source. One that a setting was, and is no more, has nothing to open. */
export function openSource({ id, name, provider, organizationId, sealed, options, state }: Source, open: Vault['open']): OpenSource | undefined {
  if (sealed === null) return undefined
  const { secrets, verifyToken } = JSON.parse(open(sealed, sourceSealContext(name))) as SourceSecrets
  return { id, name, provider, organizationId, secrets, verifyToken, options, state }
}

const maxAgeMs = 1_000
const maxEntries = 10_000
