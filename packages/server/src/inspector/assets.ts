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

const horn = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="8" fill="#f2b705"/><g fill="none" stroke="#1d1a12" stroke-width="2.6" stroke-linecap="round"><circle cx="14" cy="17" r="5.4"/><path d="M6 11.6h8c4 0 7-1.200 11-4.600v14c-2.600-2.400-4.400-3.600-6.200-4.100"/></g></svg>`

const files = new Map([
  ['/inspector.css', { type: 'text/css; charset=utf-8', text: stylesheet }],
  ['/inspector.js', { type: 'text/javascript; charset=utf-8', text: script }],
  ['/posthorn.svg', { type: 'image/svg+xml', text: horn }],
])
