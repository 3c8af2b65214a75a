import { Problem } from '../problems/problem.js'
import type { Vault } from '../secrets/vault.js'

/**
 * Browsers that have signed in with a key. The cookie is that key, sealed, and when the session ends: nothing is stored,
 * a session lives through a restart and on every node, and a key that is revoked takes its sessions with it.
 */
export class Sessions {
  readonly #vault: Vault
  readonly #now: () => number
  readonly #publicUrl: string | undefined

  constructor({ vault, now, publicUrl }: { vault: Vault; now: () => number; publicUrl?: string | undefined }) {
    this.#vault = vault
    this.#now = now
    this.#publicUrl = publicUrl
  }

  /** The cookie of a browser that has shown this key. */
  begin(key: string): { cookie: string; endsAt: number } {
    const endsAt = this.#now() + sessionLifetimeMs
    const sealed = this.#vault.seal(JSON.stringify({ key, endsAt } satisfies Sealed), sealContext)
    return { cookie: this.#cookie(sealed, sessionLifetimeMs / 1_000), endsAt }
  }

  /** The cookie that takes the session's place. */
  end(): string {
    return this.#cookie('', 0)
  }

  /**
   * The Authorization header that the session of a request stands for; undefined where it has none. What changes something
   * must come from our own pages: a header that no form can send, and an Origin that is this server.
   *
   * @throws {Problem} `missing_key` for a session that is over, `cross_site` for a request from elsewhere
   */
  authorizationOf(request: Request): string | undefined {
    const opened = this.read(request)
    if (opened === undefined) return undefined
    if (opened === 'over') throw new Problem('missing_key', 'The session is over.', { fix: 'Sign in again.' })
    if (request.method !== 'GET' && request.method !== 'HEAD') this.demandOwnPage(request)
    return `Bearer ${opened.key}`
  }

  read(request: Request): Sealed | 'over' | undefined {
    const sealed = cookieOf(request)
    if (sealed === undefined) return undefined
    try {
      const opened = JSON.parse(this.#vault.open(sealed, sealContext)) as Sealed
      return opened.endsAt > this.#now() ? opened : 'over'
    } catch {
      // Sealed under another encryption key, or never by us.
      return 'over'
    }
  }

  /** @throws {Problem} `cross_site` */
  demandOwnPage(request: Request): void {
    if (request.headers.get('x-posthorn-csrf') !== '1') throw new Problem('cross_site', 'The request has a session but no "x-posthorn-csrf: 1".')
    const origin = request.headers.get('origin')
    if (origin !== null && !this.#isOwn(origin, request)) throw new Problem('cross_site', 'The request comes from a page of another site.')
  }

  #isOwn(origin: string, request: Request): boolean {
    if (!URL.canParse(origin)) return false
    const { host } = new URL(origin)
    // A proxy may end TLS and change the host: then the public URL is what the browser sees.
    return host === new URL(request.url).host || (this.#publicUrl !== undefined && host === new URL(this.#publicUrl).host)
  }

  #cookie(value: string, maxAgeSeconds: number): string {
    const secure = this.#publicUrl?.startsWith('https:') ? '; Secure' : ''
    return `${cookieName}=${value}; Path=/; Max-Age=${maxAgeSeconds}; HttpOnly; SameSite=Strict${secure}`
  }
}

interface Sealed { key: string; endsAt: number }

export const sessionLifetimeMs = 12 * 60 * 60 * 1_000
const cookieName = 'posthorn_session'
const cookiePattern = new RegExp(`(?:^|;\\s*)${cookieName}=([^;]+)`)
const sealContext = 'dashboard:session'

function cookieOf(request: Request): string | undefined {
  return cookiePattern.exec(request.headers.get('cookie') ?? '')?.[1]
}
