import { problemResponse } from '../api/problem-response.js'
import { Problem } from '../problems/problem.js'
import { readFiles, type DashboardFile } from './files.js'
import type { OpenAPIHono } from '@hono/zod-openapi'

/**
 * Serves the dashboard at `/`. Its pages are named one by one, so that none of them can ever stand in the way of a path of
 * the API, of what comes in, or of the inspector.
 */
export function mountDashboard(app: OpenAPIHono, files: ReadonlyMap<string, DashboardFile> = readFiles()): void {
  for (const page of pages) app.get(page, (c) => sendPage(files.get('/index.html'), c.req.raw))
  app.get('/assets/*', (c) => sendAsset(files.get(c.req.path), c.req.raw))
  app.get('/favicon.svg', (c) => sendAsset(files.get('/favicon.svg'), c.req.raw, 'public, max-age=3600'))
}

/** What the dashboard's own router knows. */
export const pages = ['/', '/sign-in', '/events', '/deliveries', '/dead-letters', '/organizations', '/organizations/*', '/sources', '/sources/*', '/receipts', '/receipts/*', '/inspectors', '/inspectors/*', '/settings', '/settings/*'] as const

function sendPage(file: DashboardFile | undefined, request: Request): Response {
  if (file === undefined) return problemResponse(new Problem('not_found', 'The dashboard has not been built.', { fix: 'Run "npm run build" and start the server again.' }))
  return send(file, request, { 'cache-control': 'no-cache', ...pageSecurity })
}

function sendAsset(file: DashboardFile | undefined, request: Request, caching = 'public, max-age=31536000, immutable'): Response {
  if (file === undefined) return problemResponse(new Problem('not_found', 'There is no such file.'), { 'cache-control': 'no-store' })
  return send(file, request, { 'cache-control': caching })
}

function send(file: DashboardFile, request: Request, headers: Record<string, string>): Response {
  const known = { etag: file.etag, vary: 'accept-encoding', 'x-content-type-options': 'nosniff', 'cross-origin-resource-policy': 'same-origin', ...headers }
  if (request.headers.get('if-none-match') === file.etag) return new Response(null, { status: 304, headers: known })
  const takesGzip = file.gzipped !== undefined && /\bgzip\b/.test(request.headers.get('accept-encoding') ?? '')
  const body = (takesGzip ? file.gzipped : file.bytes) as Uint8Array<ArrayBuffer>
  return new Response(body, { headers: { 'content-type': file.type, ...(takesGzip && { 'content-encoding': 'gzip' }), ...known } })
}

/** Nothing runs and nothing is loaded but our own files: what a payload holds cannot become code. */
const pageSecurity = {
  'content-security-policy': "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
  'x-frame-options': 'DENY',
}
