import { readFileSync } from 'node:fs'
import { readSettings } from '../config/read-settings.js'
import type { FetchedProduct } from '../inventory/apply-catalog.js'
import type { SettingName, Settings } from '../config/settings.js'

/** What a Posthorn in an application is made with. Every setting of the server that has a meaning here has the same name and values. */
export interface PosthornOptions extends Partial<Record<Exclude<SettingName, 'databaseUrl' | 'port' | 'host' | 'inspector' | 'roles'>, string | number | boolean>> {
  /** `sqlite:./posthorn-data/posthorn.db`, `sqlite:/absolute/path.db`, `postgres://user:password@host:5432/database`, or a pool of `pg`, which stays yours to end. */
  database: string | PostgresPool
  /** 32 bytes in base64. Signing secrets are sealed with it. With SQLite one is made and kept beside the file; on PostgreSQL all processes need the same. */
  encryptionKey?: string
  /** The key with which `fetch` lets everything be done. Without one it is made at the first start: see `adminKey`. */
  apiKey?: string
  /** Under which name this process is known on PostgreSQL: whoever starts under it takes over at once what the last run held. */
  name?: string
  /** Whether endpoints may be on this machine and without TLS. For development and tests. */
  allowLocalEndpoints?: boolean
  /** What customers can subscribe to and what each plan gives them, as in `posthorn.config`. */
  plans?: unknown
  /** Formats of your own, as in `posthorn.config`. */
  formats?: unknown
  /** Asks Square for the products that have changed since an instant: Square itself does not tell which. */
  fetchCatalog?: (request: { organizationId: string; changedSince: string }) => Promise<readonly FetchedProduct[]>
}

/** What Posthorn needs of a `pg.Pool`. Written down here so that its types need none of the driver's. */
export interface PostgresPool {
  connect(): Promise<{ query: unknown; release: unknown }>
  readonly totalCount: number
}

/**
 * The settings that these options mean. Of a pool they know only that it is PostgreSQL's.
 *
 * @throws {Error} with every mistake at once
 */
export function readOptions({ database, name: _name, fetchCatalog: _fetchCatalog, allowLocalEndpoints = false, ...rest }: PosthornOptions): Settings {
  const values = { log: 'stderr', logLevel: 'warn', inspector: false, ...rest, databaseUrl: typeof database === 'string' ? database : 'postgres://of-the-pool' }
  // As in `dev`, a key is made where SQLite keeps it; what endpoints may be is the application's to say.
  const reading = readSettings({ mode: 'dev', env: {}, file: { name: 'new Posthorn()', values }, readSecretFile: (path) => readFileSync(path, 'utf8') })
  if (!reading.ok) throw new Error(`Posthorn cannot be made with these options:\n${reading.mistakes.map((mistake) => `- ${mistake.replaceAll('databaseUrl in', 'database in')}`).join('\n')}`)
  return { ...reading.settings, mode: allowLocalEndpoints ? 'dev' : 'serve' }
}
