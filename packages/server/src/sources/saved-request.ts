import { at, textAt } from '@posthorn/webhooks/exact-json'
import type { WebhookRequest } from '@posthorn/webhooks'

/** A request as somebody saved it, and what the file says besides. */
export interface SavedRequest {
  request: WebhookRequest
  provider?: string | undefined
  /** When it came, in milliseconds since 1970. */
  receivedAt?: number | undefined
}

/**
 * Reads a request out of a file: JSON with `headers` and `body` (or `bodyBase64`), as tools export it; a receipt as the API
 * tells it; or the request as it went over the wire. Undefined for what is none of them.
 */
export function readSavedRequest(bytes: Uint8Array): SavedRequest | undefined {
  const text = Buffer.from(bytes).toString('utf8')
  return /^\s*\{/.test(text) ? readJson(text) : readWire(bytes)
}

function readJson(text: string): SavedRequest | undefined {
  let saved: unknown
  try {
    saved = JSON.parse(text)
  } catch {
    return undefined
  }
  const headers = headersIn(at(saved, 'headers'))
  const body = bodyIn(saved)
  if (headers === undefined || body === undefined) return undefined
  const receivedAt = Date.parse(textAt(saved, 'receivedAt') ?? '')
  return {
    request: { method: textAt(saved, 'method') ?? 'POST', url: textAt(saved, 'url') ?? '/', headers, body },
    provider: textAt(saved, 'provider'), receivedAt: Number.isNaN(receivedAt) ? undefined : receivedAt,
  }
}

function headersIn(value: unknown): [string, string][] | undefined {
  if (Array.isArray(value)) return value.flatMap((pair: unknown) => Array.isArray(pair) && typeof pair[0] === 'string' && typeof pair[1] === 'string' ? [[pair[0], pair[1]] as [string, string]] : [])
  if (typeof value !== 'object' || value === null) return undefined
  return Object.entries(value).flatMap(([name, each]: [string, unknown]) => (Array.isArray(each) ? each : [each]).flatMap((one: unknown) => typeof one === 'string' ? [[name, one] as [string, string]] : []))
}

function bodyIn(saved: unknown): Uint8Array | undefined {
  const [base64, content] = [at(saved, 'bodyBase64'), at(saved, 'content')]
  if (typeof base64 === 'string') return Buffer.from(base64, 'base64')
  if (typeof at(content, 'data') === 'string') return Buffer.from(at(content, 'data') as string, at(content, 'encoding') === 'base64' ? 'base64' : 'utf8')
  const body = at(saved, 'body')
  return typeof body === 'string' ? Buffer.from(body) : undefined
}

/** `POST /path HTTP/1.1`, the headers, an empty line, and the body to the last byte. */
function readWire(bytes: Uint8Array): SavedRequest | undefined {
  const buffer = Buffer.from(bytes)
  const end = headEnd(buffer)
  const [first = '', ...lines] = buffer.subarray(0, end?.start ?? buffer.length).toString('latin1').split(/\r?\n/)
  const [, method, url] = /^([A-Z]{3,10}) (\S+)(?: HTTP\/[\d.]+)?$/.exec(first) ?? []
  if (method === undefined || url === undefined) return undefined
  const headers = lines.flatMap((line): [string, string][] => {
    const colon = line.indexOf(':')
    return colon > 0 ? [[line.slice(0, colon).trim(), line.slice(colon + 1).trim()]] : []
  })
  return { request: { method, url, headers, body: end === undefined ? new Uint8Array() : buffer.subarray(end.start + end.length) } }
}

function headEnd(buffer: Buffer): { start: number; length: number } | undefined {
  const [crlf, lf] = [buffer.indexOf('\r\n\r\n'), buffer.indexOf('\n\n')]
  if (crlf >= 0 && (lf < 0 || crlf < lf)) return { start: crlf, length: 4 }
  return lf >= 0 ? { start: lf, length: 2 } : undefined
}
