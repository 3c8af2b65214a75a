import { gatewayProvider } from '../sources/gateway-provider.js'
import { Problem } from '../problems/problem.js'
import { refusedAnswer, type ProviderAnswer } from '../sources/answers.js'
import { sourceNamePattern, type OpenSource } from '../sources/source.js'
import { readInboundBody } from './bodies/inbound-body.js'
import { problemResponse } from './problem-response.js'
import type { Context } from 'hono'
import type { OpenAPIHono } from '@hono/zod-openapi'
import type { HeaderPairs } from '../receipts/receipt.js'
import type { Receiver } from '../receipts/receiver.js'
import type { SourceBook } from '../sources/source-book.js'

/** What inbound webhooks are given. */
export interface Inbound {
  receiver: Receiver
  book: SourceBook
  limits: InboundLimits
  /** Where this server is reached from outside. */
  publicUrl: string | undefined
}

export interface InboundLimits {
  maxBodyBytes: number
  /** Whoever sends more slowly is cut off. */
  readWithinMs: number
}

export const inboundLimits: InboundLimits = { maxBodyBytes: 5 * 1024 * 1024, readWithinMs: 10_000 }

/**
 * Where providers' webhooks come in: under a source's name, or at `/api/webhooks`, where the Commerce Gateway's three
 * senders (Shopify, Square, Better Data) share one URL.
 */
export function mountInbound(app: OpenAPIHono, inbound: Inbound): void {
  for (const path of ['/webhooks/:source', '/api/webhooks/:source']) {
    app.on(['GET', 'POST'], path, async (c) => {
      const name = c.req.param('source') ?? ''
      const source = sourceNamePattern.test(name) ? await inbound.book.find(name) : undefined
      if (source === undefined) return problemResponse(new Problem('not_found', 'There is no such source.', { fix: 'Check the last word of the URL: it is the name of a source. The built-in ones exist while their setting does.' }))
      return receive(c, source, inbound, false)
    })
  }
  app.post('/api/webhooks', async (c) => {
    const { headers } = c.req.raw
    const provider = gatewayProvider((name) => headers.has(name))
    if (typeof provider === 'object') return answered(refusedAnswer(403, provider.code, provider.reason))
    const sources = await inbound.book.ofProvider(provider)
    const [source] = sources
    if (source === undefined) return answered(refusedAnswer(403, 'secret_missing', `No source of ${provider} is configured here, so nothing can be verified.`))
    if (sources.length > 1) return answered(refusedAnswer(403, 'ambiguous_sender', `There are several sources of ${provider}, and none is named "${provider}". Send to /webhooks/<name> of the right one.`))
    return receive(c, source, inbound, true)
  })
}

async function receive(c: Context, source: OpenSource, { receiver, limits }: Inbound, isShared: boolean): Promise<Response> {
  const request = c.req.raw
  // Only Meta asks with a GET, before it sends anything.
  if (request.method === 'GET' && source.provider !== 'whatsapp') return problemResponse(new Problem('method_not_allowed', 'GET is not possible here; POST is.'), { allow: 'POST' })
  if (source.state === 'paused') return problemResponse(new Problem('source_paused', `The source "${source.name}" is paused.`, { retryAfterSeconds: 300 }))

  const body = await readInboundBody(request, limits)
  if (body === 'too_slow') return problemResponse(new Problem('request_timeout', `The body did not come within ${limits.readWithinMs / 1000} s.`), { connection: 'close' })
  const answer = await receiver.answer({ method: request.method, url: pathOf(c), headers: headersOf(c), body: body === 'too_large' ? undefined : body, isShared }, source)
  return answered(answer, body === 'too_large' ? { connection: 'close' } : {})
}

function answered({ status, headers, body }: ProviderAnswer, more: Record<string, string> = {}): Response {
  return new Response(body, { status, headers: { ...headers, ...more } })
}

interface NodeRequest { rawHeaders?: readonly string[]; url?: string }

/** Node's own list keeps a header that came twice as two. */
function headersOf(c: Context): HeaderPairs {
  const raw = (c.env as { incoming?: NodeRequest } | undefined)?.incoming?.rawHeaders
  if (raw === undefined) return [...c.req.raw.headers]
  return Array.from({ length: raw.length / 2 }, (_, i) => [raw[i * 2] as string, raw[i * 2 + 1] as string])
}

/** Path and query as they were sent. */
function pathOf(c: Context): string {
  const sent = (c.env as { incoming?: NodeRequest } | undefined)?.incoming?.url
  if (sent?.startsWith('/') === true) return sent
  const { pathname, search } = new URL(c.req.raw.url)
  return pathname + search
}
