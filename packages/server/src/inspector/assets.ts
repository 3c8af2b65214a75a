import { problemResponse } from '../api/problem-response.js'
import { Problem } from '../problems/problem.js'
import { script } from './script.js'
import { stylesheet } from './stylesheet.js'

/** The files that the inspector's pages refer to. They are part of the code, so that nothing has to be copied beside it. */
export function assets(path: string): Response {
  const asset = files.get(path)
  if (asset === undefined) return problemResponse(new Problem('not_found', 'There is no such file.'))
  return new Response(asset.text, { headers: { 'content-type': asset.type, 'cache-control': 'public, max-age=60', 'x-content-type-options': 'nosniff' } })
}

const horn = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="8" fill="#f2b705"/><g fill="none" stroke="#1d1a12" stroke-width="2.4" stroke-linecap="round"><path d="M5.500 12H20"/><circle cx="14" cy="18" r="6"/></g><path d="M19 12c3.500 0 6-1.500 8.500-5v10c-2.500-3.500-5-5-8.500-5z" fill="#1d1a12"/></svg>`

const files = new Map([
  ['/inspector.css', { type: 'text/css; charset=utf-8', text: stylesheet }],
  ['/inspector.js', { type: 'text/javascript; charset=utf-8', text: script }],
  ['/posthorn.svg', { type: 'image/svg+xml', text: horn }],
])
