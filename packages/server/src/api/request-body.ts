import { isUtf8 } from 'node:buffer'
import { depthAt, fieldsAt, skipSpace } from '../events/json-text.js'
import { Problem } from '../problems/problem.js'

/**
 * Reads a body as text, never more than `maxBytes` of it: what announces itself as larger is refused before it is read.
 *
 * @throws {Problem} `too_large`, or `not_json` for what is not UTF-8
 */
export async function readText(request: Request, maxBytes: number): Promise<string> {
  const announced = request.headers.get('content-length')
  // A length that was announced is the length that the HTTP parser lets through.
  const isSmall = announced !== null && /^\d{1,15}$/.test(announced)
  if (isSmall && Number(announced) > maxBytes) throw tooLarge(maxBytes)

  const bytes = isSmall ? Buffer.from(await request.arrayBuffer()) : await readBounded(request, maxBytes)
  if (!isUtf8(bytes)) throw new Problem('not_json', 'The body is not UTF-8.')
  return bytes.toString('utf8')
}

/** Reads what every other request than a publish sends: a small JSON object. */
export async function readJson(request: Request, { isOptional }: { isOptional: boolean }): Promise<{ text: string; value: unknown }> {
  const text = await readText(request, maxJsonBytes)
  if (isOptional && text === '') return { text, value: {} }
  const value = parse(text)
  const start = skipSpace(text, 0)
  if (depthAt(text, start) > maxJsonDepth) throw new Problem('too_deep', `The body nests deeper than ${maxJsonDepth} levels.`)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Problem('invalid_request', 'The body is JSON, but not an object.')

  const seen = new Set<string>()
  for (const { name } of fieldsAt(text, start)) {
    if (seen.has(name)) throw new Problem('repeated_field', `${JSON.stringify(name.slice(0, 80))} stands more than once.`, { errors: [{ path: name.slice(0, 80), code: 'repeated_field', message: 'stands more than once' }] })
    seen.add(name)
  }
  return { text, value }
}

/** 50 headers of 4 KiB and what else an endpoint has. */
const maxJsonBytes = 512 * 1024
const maxJsonDepth = 64

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new Problem('not_json', `The body is not JSON: ${(error as Error).message.slice(0, 200)}`)
  }
}

async function readBounded(request: Request, maxBytes: number): Promise<Buffer> {
  if (request.body === null) return Buffer.alloc(0)
  const chunks: Uint8Array[] = []
  let size = 0
  const reader = (request.body as ReadableStream<Uint8Array>).getReader()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return Buffer.concat(chunks, size)
    size += value.byteLength
    if (size > maxBytes) {
      void reader.cancel().catch(() => {})
      throw tooLarge(maxBytes)
    }
    chunks.push(value)
  }
}

function tooLarge(maxBytes: number): Problem {
  return new Problem('too_large', `The body has more than ${maxBytes} bytes.`)
}
