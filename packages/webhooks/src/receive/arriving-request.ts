import { utf8 } from '../encoding.js'
import { headerView, type HeaderInput } from '../header-view.js'
import { problemAnswer, type Answer } from './answer.js'

/** A fetch `Request`, or anything shaped like it. */
export interface FetchRequest {
  readonly method: string
  readonly url: string
  readonly headers: { forEach(visit: (value: string, name: string) => void): void; get(name: string): string | null }
  readonly body: unknown
  readonly bodyUsed: boolean
}

/** Hono's `c.req`. */
export interface HonoRequest {
  readonly raw: FetchRequest
  readonly bodyCache?: object
}

/** Node's `IncomingMessage`, with what Express and others hang on it. */
export interface NodeRequest extends AsyncIterable<unknown> {
  readonly method?: string | undefined
  readonly url?: string | undefined
  readonly originalUrl?: string | undefined
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  readonly rawHeaders?: readonly string[]
  readonly readableEnded?: boolean
  readonly body?: unknown
  readonly rawBody?: unknown
}

export type AnyRequest = FetchRequest | HonoRequest | NodeRequest

/** A request with its bytes, however the framework keeps them. */
export interface ArrivedRequest {
  method: string
  url: string
  headers: HeaderInput
  body: Uint8Array
}

/** The head alone: enough to refuse a method before reading anything. */
export function methodOf(request: AnyRequest): string {
  return (isHono(request) ? request.raw.method : request.method ?? 'POST').toUpperCase()
}

/** Reads the bytes, at most `maxBodyBytes` of them, or says what must be changed so that they can be read. */
export async function arrivedRequest(request: AnyRequest, maxBodyBytes: number): Promise<ArrivedRequest | Answer> {
  if (isHono(request)) return fromFetch(request.raw, maxBodyBytes, await cachedBytes(request.bodyCache))
  if (isFetch(request)) return fromFetch(request, maxBodyBytes)
  return fromNode(request, maxBodyBytes)
}

const isHono = (request: AnyRequest): request is HonoRequest => 'raw' in request && isFetch(request.raw)
const isFetch = (request: FetchRequest | NodeRequest): request is FetchRequest => typeof (request.headers as { get?: unknown }).get === 'function'

async function fromFetch(request: FetchRequest, maxBodyBytes: number, cached?: Uint8Array): Promise<ArrivedRequest | Answer> {
  const { method, url, headers } = request
  if (Number(headers.get('content-length')) > maxBodyBytes) return tooLarge(maxBodyBytes)
  if (cached) return cached.length > maxBodyBytes ? tooLarge(maxBodyBytes) : { method, url, headers, body: cached }
  if (request.bodyUsed) {
    return alreadyRead('The body of this request was read before the webhook handler got it, so its bytes are gone. Remove the call of request.json(), text() or formData() that runs first (in a middleware?), '
      + 'or give the handler request.clone() made before it.')
  }
  const body = request.body ? await bytesOf(request.body as AsyncIterable<unknown> | ReadableStream<Uint8Array>, maxBodyBytes) : new Uint8Array(0)
  return body ? { method, url, headers, body } : tooLarge(maxBodyBytes)
}

/** Hono keeps what a middleware has read. Bytes, a blob and text are as they came; parsed JSON is not. */
async function cachedBytes(cache: object | undefined): Promise<Uint8Array | undefined> {
  const { arrayBuffer, blob, text } = (cache ?? {}) as { arrayBuffer?: unknown; blob?: unknown; text?: unknown }
  if (arrayBuffer !== undefined) return new Uint8Array(await arrayBuffer as ArrayBuffer)
  if (blob !== undefined) return new Uint8Array(await (await blob as Blob).arrayBuffer())
  return text === undefined ? undefined : utf8(await text as string)
}

async function fromNode(request: NodeRequest, maxBodyBytes: number): Promise<ArrivedRequest | Answer> {
  const { method = 'POST', headers } = request
  const url = request.originalUrl ?? request.url ?? ''
  const arrived = (body: Uint8Array) => (body.length > maxBodyBytes ? tooLarge(maxBodyBytes) : { method, url, headers: pairs(request) ?? headers, body })
  if (request.rawBody instanceof Uint8Array) return arrived(request.rawBody)
  if (request.body instanceof Uint8Array) return arrived(request.body)
  if (typeof request.body === 'string') return arrived(utf8(request.body))
  if (request.readableEnded) {
    return alreadyRead('A body parser ran before the webhook handler, so the bytes that were signed are gone. In Express, mount the webhook route above app.use(express.json()), or put '
      + 'express.raw({ type: \'*/*\' }) on it; in Next\'s pages, export const config = { api: { bodyParser: false } }; in Fastify, register the plugin of @posthorn/webhooks/fastify.')
  }
  if (Number(headerView(headers).one('content-length')) > maxBodyBytes) return tooLarge(maxBodyBytes)
  const body = await bytesOf(request, maxBodyBytes)
  return body ? arrived(body) : tooLarge(maxBodyBytes)
}

/** Node joins and drops repeated headers in `headers`; the raw list has them all. */
function pairs({ rawHeaders }: NodeRequest): [string, string][] | undefined {
  if (!rawHeaders || rawHeaders.length === 0) return undefined
  return Array.from({ length: rawHeaders.length / 2 }, (_, index) => [rawHeaders[index * 2]!, rawHeaders[index * 2 + 1]!])
}

/** Undefined when there is more than allowed; the rest is then left unread. */
async function bytesOf(stream: AsyncIterable<unknown> | ReadableStream<Uint8Array>, maxBytes: number): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = []
  let length = 0
  const take = (chunk: unknown) => {
    const bytes = typeof chunk === 'string' ? utf8(chunk) : chunk as Uint8Array
    chunks.push(bytes)
    length += bytes.length
    return length <= maxBytes
  }
  if ('getReader' in stream) {
    const reader = stream.getReader()
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      if (!take(next.value)) {
        void reader.cancel().catch(() => {}) // the sender is told in the answer
        return undefined
      }
    }
  } else if (!await takeAll(stream, take)) return undefined

  const whole = new Uint8Array(length)
  let at = 0
  for (const chunk of chunks) {
    whole.set(chunk, at)
    at += chunk.length
  }
  return whole
}

/** Leaving a `for await` over a Node stream would destroy its socket, and with it the answer; so the iterator is left standing. */
async function takeAll(stream: AsyncIterable<unknown>, take: (chunk: unknown) => boolean): Promise<boolean> {
  const iterator = stream[Symbol.asyncIterator]()
  for (let next = await iterator.next(); !next.done; next = await iterator.next()) {
    if (!take(next.value)) return false
  }
  return true
}

const tooLarge = (maxBodyBytes: number) => problemAnswer(413, 'body_too_large', `The body is larger than ${maxBodyBytes} bytes.`)
const alreadyRead = (error: string) => problemAnswer(500, 'body_already_read', error)
