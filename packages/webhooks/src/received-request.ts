import { utf8, utf8Text } from './encoding.js'
import { parseExactJson } from './exact-json.js'
import { headerView, type HeaderInput, type HeaderView } from './header-view.js'

/** A request as it arrived, however the framework at hand spells it. */
export interface WebhookRequest {
  method: string
  /** Absolute, or the path and query alone. Never used to decide what was signed; only for query parameters and hints. */
  url: string
  headers: HeaderInput
  /** The raw bytes, before any parser. */
  body: Uint8Array
}

/** The same, read once: headers by name, the body as text and as JSON when somebody asks. */
export interface Received {
  readonly method: string
  readonly url: string
  readonly headers: HeaderView
  readonly body: Uint8Array
  readonly text: string
  /** Undefined when the body is not JSON. */
  readonly json: unknown
  readonly query: URLSearchParams
  readonly form: URLSearchParams
}

/** Undefined when the body is not bytes: then something has parsed it already. */
export function received(request: WebhookRequest): Received | undefined {
  const body = bytesOf(request.body)
  if (!body) return undefined
  const url = typeof request.url === 'string' ? request.url : ''

  return {
    method: typeof request.method === 'string' ? request.method.toUpperCase() : 'POST',
    url,
    headers: headerView(request.headers),
    body,
    get text() { return lazily(this, 'text', utf8Text(body)) },
    get json() { return lazily(this, 'json', parseExactJson(utf8Text(body))) },
    get query() { return lazily(this, 'query', queryOf(url)) },
    get form() { return lazily(this, 'form', formOf(utf8Text(body))) },
  }
}

/** The fields of an urlencoded body. The `&` in front keeps URLSearchParams from swallowing a leading `?`, which belongs to the first name. */
export const formOf = (text: string): URLSearchParams => new URLSearchParams(`&${text}`)

function queryOf(url: string): URLSearchParams {
  const withoutFragment = url.split('#', 1)[0]!
  const at = withoutFragment.indexOf('?')
  return new URLSearchParams(at === -1 ? '' : `&${withoutFragment.slice(at + 1)}`)
}

function bytesOf(body: unknown): Uint8Array | undefined {
  if (body instanceof Uint8Array) return body
  if (body instanceof ArrayBuffer) return new Uint8Array(body)
  if (typeof body === 'string') return utf8(body)
  return body === undefined || body === null ? new Uint8Array(0) : undefined
}

function lazily<T>(target: object, name: string, value: T): T {
  Object.defineProperty(target, name, { value })
  return value
}
