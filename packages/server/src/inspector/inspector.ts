import { randomBytes } from 'node:crypto'
import { problemResponse } from '../api/problem-response.js'
import { Problem } from '../problems/problem.js'
import { defaultAnswer, parseAnswer } from './planned-answer.js'
import { assets } from './assets.js'
import { inspectionPage } from './inspection-page.js'
import { Inspections, inspectorLimits } from './inspections.js'
import { readBody } from './read-body.js'
import { showRequest } from './show-request.js'
import { startPage } from './start-page.js'
import { checkSignature, type FindSigners } from './signature-check.js'
import type { OpenAPIHono } from '@hono/zod-openapi'
import type { RecordedRequest } from './recorded-request.js'

export interface Inspector {
  /** Answers whatever comes to `/inspect` and below. */
  fetch(request: Request): Promise<Response>
}

/**
 * URLs that show what is sent to them. Whoever knows an id has the inspector, so it need not be made first: an endpoint
 * that points to one works on after a restart, though what arrived before is gone.
 */
export function createInspector({ clock, findSigners, pause = waitFor }: { clock: { now(): number }; findSigners: FindSigners; pause?: (ms: number) => Promise<void> }): Inspector {
  const inspections = new Inspections(() => clock.now())

  return {
    async fetch(request: Request): Promise<Response> {
      const { pathname, search, origin } = new URL(request.url)
      const [, id, rest = ''] = /^\/inspect(?:\/([^/]+)(\/.*)?)?\/?$/.exec(pathname) ?? []
      const wantsPage = request.method === 'GET' && isForPeople(request)

      if (id === undefined) return request.method === 'GET' ? startPage() : makeOne(request, origin)
      if (id === 'assets') return assets(rest)
      if (!idPattern.test(id)) return problemResponse(new Problem('not_found', 'There is no such inspector.', { fix: 'An id is 32 hexadecimal digits; POST /inspect makes one.' }))

      if (rest === '' && wantsPage) return inspectionPage({ url: `${origin}/inspect/${id}`, requests: await checked(inspections.requests(id)), answer: inspections.answer(id) ?? defaultAnswer })
      if (rest === '/requests' && request.method === 'GET') return json(200, { data: (await checked(inspections.requests(id))).map(showRequest) })
      if (rest === '/requests' && request.method === 'DELETE') return cleared(id)
      if (rest === '/answer' && request.method === 'PUT') return plan(id, request)
      if (rest === '/answer' && request.method === 'GET') return json(200, inspections.answer(id) ?? defaultAnswer)
      return receive(id, rest + search, request)
    },
  }

  async function receive(id: string, path: string, request: Request): Promise<Response> {
    const { bytes, isTooLarge } = await readBody(request, inspectorLimits.bodyBytes)
    const planned = inspections.answer(id) ?? defaultAnswer
    const status = isTooLarge ? 413 : planned.status
    const recorded: Omit<RecordedRequest, 'number'> = { at: clock.now(), method: request.method, path, headers: [...request.headers], body: bytes, isTooLarge, status, check: Promise.resolve(undefined) }
    recorded.check = checkSignature(recorded, () => findSigners(id))
    inspections.record(id, recorded)

    if (planned.delayMs > 0) await pause(planned.delayMs)
    const isEmpty = status === 204 || status === 304 || request.method === 'HEAD'
    return new Response(isEmpty ? null : isTooLarge ? 'too large\n' : `${status < 300 ? 'received' : 'as you asked'}\n`, { status, headers: { ...planned.headers, 'content-type': 'text/plain', ...harmless } })
  }

  async function plan(id: string, request: Request): Promise<Response> {
    const { bytes } = await readBody(request, 16 * 1024)
    const planned = parseAnswer(new TextDecoder().decode(bytes))
    if (planned instanceof Problem) return problemResponse(planned)
    inspections.plan(id, planned)
    return json(200, planned)
  }

  function cleared(id: string): Response {
    inspections.clear(id)
    return new Response(null, { status: 204 })
  }
}

/** Puts an inspector where the API is, beside its paths. */
export function mountInspector(app: OpenAPIHono, inspector: Inspector): void {
  for (const path of ['/inspect', '/inspect/*']) app.all(path, (c) => inspector.fetch(c.req.raw))
}

function makeOne(request: Request, origin: string): Response {
  if (request.method !== 'POST') return problemResponse(new Problem('method_not_allowed', `${request.method} is not possible here; GET and POST are.`), { allow: 'GET, POST' })
  const id = randomBytes(16).toString('hex')
  if (isForPeople(request)) return new Response(null, { status: 303, headers: { location: `/inspect/${id}` } })
  return json(201, { id, url: `${origin}/inspect/${id}` })
}

/** Only a browser asks for HTML by name; programs send no `accept`, or one that takes anything. */
function isForPeople(request: Request): boolean {
  return /\btext\/html\b/i.test(request.headers.get('accept') ?? '')
}

async function checked(requests: readonly RecordedRequest[]): Promise<(RecordedRequest & { signature: Awaited<RecordedRequest['check']> })[]> {
  return Promise.all(requests.map(async (request) => ({ ...request, signature: await request.check })))
}

function json(status: number, body: unknown): Response {
  return new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json', 'cache-control': 'no-store', ...harmless } })
}

function waitFor(ms: number): Promise<void> {
  return new Promise((resolve) => { setTimeout(resolve, ms) })
}

/** Anybody may decide what is answered here, and other pages of this server have the same origin: nothing of it may run. */
const harmless = { 'content-security-policy': "default-src 'none'; sandbox", 'x-content-type-options': 'nosniff' }
const idPattern = /^[0-9a-f]{32}$/
