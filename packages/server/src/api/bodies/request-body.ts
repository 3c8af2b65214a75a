import { isUtf8 } from 'node:buffer'
import type { IncomingMessage } from 'node:http'
import { depthAt, fieldsAt, skipSpace } from '../../events/json-text.js'
import { Problem } from '../../problems/problem.js'
import { readStream } from './read-stream.js'

/**
 * Reads a body as text, never more than `maxBytes` of it: what announces itself as larger is refused before it is read.
 * On Node's server the bytes are taken from its own request (`incoming`), which spares a copy and a stream.
 *
 * @throws {Problem} `too_large`, or `not_json` for what is not UTF-8
 */
export async function readText(request: Request, maxBytes: number, incoming?: IncomingMessage): Promise<string> {
  const announced = request.headers.get('content-length')
  if (announced !== null && !(Number(announced) <= maxBytes)) throw tooLarge(maxBytes)
  return incoming === undefined ? asText(await readBounded(request, maxBytes)) : readIncomingText(incoming, maxBytes)
}

/** The same of Node's own request, whose announced length the caller has judged. */
export async function readIncomingText(incoming: IncomingMessage, maxBytes: number): Promise<string> {
  return asText(await readIncoming(incoming, maxBytes))
}

function asText(bytes: Buffer): string {
  if (!isUtf8(bytes)) throw new Problem('not_json', 'The body is not UTF-8.')
  return bytes.toString('utf8')
}

/** Reads what every other request than a publish sends: a small JSON object. */
export async function readJson(request: Request, { isOptional, incoming }: { isOptional: boolean; incoming?: IncomingMessage | undefined }): Promise<{ text: string; value: unknown }> {
  const text = await readText(request, maxJsonBytes, incoming)
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

/** Node's own request behind a request, where there is one: an embedding application may call the API without a server. */
export function incomingOf(c: { env: unknown }): IncomingMessage | undefined {
  return (c.env as { incoming?: IncomingMessage } | undefined)?.incoming
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

function readIncoming(incoming: IncomingMessage, maxBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    incoming.on('data', (chunk: Buffer) => {
      size += chunk.length
      // The rest is read away by the server, so that the answer can be sent.
      if (size > maxBytes) reject(tooLarge(maxBytes))
      else chunks.push(chunk)
    })
    incoming.on('end', () => resolve(chunks.length === 1 ? chunks[0] as Buffer : Buffer.concat(chunks, size)))
    // It closes after every request; only when it has not ended, something is missing, and nobody is left to read the answer.
    incoming.on('close', () => {
      if (!incoming.readableEnded) reject(new Problem('request_timeout', 'The connection was closed before the body was complete.'))
    })
    incoming.on('error', reject)
  })
}

async function readBounded(request: Request, maxBytes: number): Promise<Buffer> {
  const bytes = await readStream(request, maxBytes)
  if (bytes === 'too_large') throw tooLarge(maxBytes)
  return bytes
}

function tooLarge(maxBytes: number): Problem {
  return new Problem('too_large', `The body has more than ${maxBytes} bytes.`)
}
