import { dirname } from 'node:path'

/** Which database `DATABASE_URL` means. What is wrong is told without the URL itself, for it may hold a password. */
export function parseDatabaseUrl(url: string): { ok: true; value: DatabaseUrl } | { ok: false; mistake: string } {
  const [, scheme = '', rest = ''] = /^([A-Za-z][A-Za-z0-9+.-]*):(.*)$/s.exec(url) ?? []
  switch (scheme.toLowerCase()) {
    case 'sqlite':
      return parseSqlite(rest)
    case 'postgres':
    case 'postgresql':
      return rest.startsWith('//') && URL.canParse(url) ? { ok: true, value: { kind: 'postgres', url } } : { ok: false, mistake: `The URL cannot be read. ${examples} A "@", ":" or "/" within the password is written %40, %3A, %2F.` }
    default:
      return { ok: false, mistake: `The URL begins with neither sqlite: nor postgres:. ${examples}` }
  }
}

export type DatabaseUrl = { kind: 'sqlite'; path: string } | { kind: 'postgres'; url: string }

/** Where what belongs to this process alone is kept: beside the SQLite file, or in a folder of the same name. */
export function dataFolderOf(database: DatabaseUrl): string {
  return database.kind === 'sqlite' ? dirname(database.path) : './posthorn-data'
}

/** The URL as it may be shown. */
export function withoutPassword(url: string): string {
  return url.replace(/^([a-z]+:\/\/[^/@]*?:).*(@)/is, '$1********$2').replace(/([?&]password=)[^&]*/gi, '$1********')
}

function parseSqlite(rest: string): { ok: true; value: DatabaseUrl } | { ok: false; mistake: string } {
  const path = rest.replace(/^\/\/(?=\/)/, '')
  if (path.includes(':memory:')) return { ok: false, mistake: 'A database in memory would lose what was accepted. Give it a file instead, as in sqlite:./posthorn-data/posthorn.db.' }
  if (path === '' || path.startsWith('//') || /[\\/]$/.test(path) || path.includes('\0')) return { ok: false, mistake: `After "sqlite:" stands the path of a file. ${examples}` }
  return { ok: true, value: { kind: 'sqlite', path } }
}

const examples = 'Write sqlite:./posthorn-data/posthorn.db, sqlite:/absolute/path.db or postgres://user:password@host:5432/database.'
