import { Problem } from '../problems/problem.js'
import { hashApiKey, isSameHash } from '../secrets/api-key.js'
import { covers, type Scope } from '../keys/scopes.js'
import { Recent } from './recent.js'
import type { Sessions } from '../dashboard/sessions.js'
import type { Store } from '../operations/store.js'
import type { OrganizationSummary } from '../organizations/read-organizations.js'
import type { Member, Wakeup } from '../wakeup/wakeup.js'

/** Who is asking: the server's admin, or a key of one organization. */
export type Access =
  | { kind: 'admin'; scopes: readonly Scope[] }
  | { kind: 'organization'; organizationId: number; organization: string; scopes: readonly Scope[]; expiresAt: number | null }

/** Knows who holds a key and which organizations there are, without asking the database for every request. */
export class Gate {
  readonly #keys: Recent<Access>
  readonly #organizations: Recent<OrganizationSummary>
  readonly #now: () => number
  readonly #sessions: Sessions | undefined
  readonly #member: Member | undefined

  constructor({ store, adminKeyHash, now, sessions, wakeup }: { store: Store; adminKeyHash: Uint8Array; now: () => number; sessions?: Sessions | undefined; wakeup?: Wakeup | undefined }) {
    this.#now = now
    this.#sessions = sessions
    this.#member = wakeup?.join(({ access }) => { if (access === true) this.#forgetAll() })
    this.#keys = new Recent({ maxAgeMs: () => keyMaxAgeMs, maxEntries: 10_000, now, read: (headers) => readAccesses(headers, store, adminKeyHash) })
    this.#organizations = new Recent({ maxAgeMs: () => wakeup?.isHeard === true ? organizationMaxAgeMs : keyMaxAgeMs, maxEntries: 50_000, now, read: async (publicIds) => new Map((await store.query('findOrganizations', { publicIds })).map((found) => [found.publicId, found])) })
  }

  /** Who sends a request: by its key or, where it brings none, by the session of a browser. */
  async admit(request: Request): Promise<Access> {
    return this.enter(request.headers.get('authorization') ?? this.#sessions?.authorizationOf(request))
  }

  /**
   * What the key in an Authorization header may do. The whole header is what is remembered, so that a hash is made once a
   * second for each key and not for each request.
   *
   * @throws {Problem} `missing_key` or `wrong_key`
   */
  async enter(authorization: string | undefined | null): Promise<Access> {
    if (!authorization) throw new Problem('missing_key', 'The request has no Authorization header.')
    const access = this.#keys.known(authorization) ?? await this.#keys.get(authorization)
    if (access === undefined || (access.kind === 'organization' && access.expiresAt !== null && access.expiresAt <= this.#now())) throw new Problem('wrong_key', 'The key is unknown, revoked or expired.')
    return access
  }

  /**
   * The organization that a path names, if this key reaches it with that scope. Another's organization answers as one that
   * does not exist, whatever the scope, so that nobody learns which ids there are.
   */
  async organization(access: Access, publicId: string, scope: Scope): Promise<OrganizationSummary> {
    if (access.kind === 'organization' && access.organization !== publicId) throw notFound()
    const organization = this.#organizations.known(publicId) ?? await this.#organizations.get(publicId)
    if (organization === undefined) throw notFound()
    demand(access, scope)
    return organization
  }

  /** After a key or an organization was changed here. The other nodes are told. */
  forget(): void {
    this.#forgetAll()
    this.#member?.tell({ access: true }, 'everybody')
  }

  #forgetAll(): void {
    this.#keys.forget()
    this.#organizations.forget()
  }
}

/** The same words for what does not exist and for what belongs to another. */
export function notFound(): Problem {
  return new Problem('not_found', 'There is no such object, or this key does not reach it.')
}

export function demand(access: Access, scope: Scope): void {
  if (!covers(access.scopes, scope)) throw new Problem('missing_scope', `The key has ${access.scopes.map((held) => `"${held}"`).join(', ')}; this needs "${scope}".`)
}

/** How long a change of another process may go unnoticed here, should its word be lost or nobody tell. */
const [keyMaxAgeMs, organizationMaxAgeMs] = [2_000, 10_000]
const maxHeaderLength = 1_024

async function readAccesses(headers: readonly string[], store: Store, adminKeyHash: Uint8Array): Promise<Map<string, Access>> {
  const accesses = new Map<string, Access>()
  const headersByHash = new Map<string, string[]>()
  for (const header of headers) {
    const token = header.length <= maxHeaderLength ? /^bearer +(\S.*)$/i.exec(header.trim())?.[1] : undefined
    if (token === undefined) continue
    const hash = hashApiKey(token)
    if (isSameHash(hash, adminKeyHash)) accesses.set(header, { kind: 'admin', scopes: ['admin'] })
    else headersByHash.set(hash.toString('hex'), [...headersByHash.get(hash.toString('hex')) ?? [], header])
  }
  if (headersByHash.size === 0) return accesses
  for (const { hash, organizationId, organization, scopes, expiresAt } of await store.query('findKeys', { hashes: [...headersByHash.keys()] })) {
    for (const header of headersByHash.get(hash) ?? []) accesses.set(header, { kind: 'organization', organizationId, organization, scopes, expiresAt })
  }
  return accesses
}
