import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { extname, join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'

/** One built file of the dashboard, as it is sent. */
export interface DashboardFile { type: string; etag: string; bytes: Uint8Array; gzipped: Uint8Array | undefined }

/** The built dashboard by path (`/index.html`, `/assets/…`), read once; empty where it has not been built. */
export function readFiles(folder = builtFolder): ReadonlyMap<string, DashboardFile> {
  return new Map(pathsBelow(folder).map((path) => {
    const bytes = readFileSync(path)
    const type = types[extname(path)] ?? 'application/octet-stream'
    const gzipped = /text|javascript|json|svg/.test(type) ? gzipSync(bytes, { level: 9 }) : undefined
    const etag = `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`
    return [`/${relative(folder, path).split(sep).join('/')}`, { type, etag, bytes, gzipped }]
  }))
}

const builtFolder = fileURLToPath(new URL('../../dashboard', import.meta.url))

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.css': 'text/css; charset=utf-8', '.svg': 'image/svg+xml', '.json': 'application/json',
}

function pathsBelow(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => entry.isDirectory() ? pathsBelow(join(folder, entry.name)) : [join(folder, entry.name)])
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}
