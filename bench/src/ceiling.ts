import { createHmac } from 'node:crypto'
import { Agent, type Dispatcher } from 'undici'
import { answerParent, ownCpuUs } from './child.js'
import { headerIn, messageAt } from './http-message.js'
import { monotonicUs } from './monotonic-clock.js'
import type { Captured } from './sink.js'

// The ceiling: what one Node process can post at best when it has nothing to do but sign and send. The bytes are those
// that the product sent, to the same URLs; only id, time and signature are computed again, as the product must.

export type CeilingCommands = typeof commands

export interface CeilingRun {
  captured: Captured[]
  /** As the product signs: HMAC-SHA256 over `id.timestamp.body`, base64. */
  secret: string
  /** Posts under way at any moment. */
  connections: number
  warmSeconds: number
  seconds: number
}

export interface CeilingResult {
  connections: number
  postsPerSecond: number
  cpuUsPerPost: number
  failed: number
}

const commands = { measure }

answerParent(commands)

async function measure(run: CeilingRun): Promise<CeilingResult> {
  const key = Buffer.from(run.secret.replace(/^whsec_/, ''), 'base64')
  const posts = run.captured.map((captured) => postFrom(captured, key))
  if (posts.length === 0) throw new Error('The ceiling has no captured request to post.')
  const agent = new Agent({ connections: null, pipelining: 1, headersTimeout: 0, bodyTimeout: 0 })

  let next = 0
  let done = 0
  let failed = 0
  let isOver = false
  const lines = Array.from({ length: run.connections }, () => {
    return new Promise<void>((resolve) => {
      const handler: Dispatcher.DispatchHandler = {
        onRequestStart() {},
        onResponseStart(_controller, status) {
          if (status !== 200) failed++
        },
        onResponseData() {},
        onResponseEnd() {
          done++
          post()
        },
        onResponseError() {
          failed++
          post()
        },
      }
      function post(): void {
        if (isOver) return resolve()
        const request = posts[next++ % posts.length]
        if (request !== undefined) agent.dispatch(request(), handler)
      }
      post()
    })
  })

  await later(run.warmSeconds)
  const before = { done, atUs: monotonicUs(), cpuUs: ownCpuUs() }
  await later(run.seconds)
  const after = { done, atUs: monotonicUs(), cpuUs: ownCpuUs() }
  isOver = true
  await Promise.all(lines)
  await agent.destroy()

  const measured = after.done - before.done
  return {
    connections: run.connections,
    postsPerSecond: measured / ((after.atUs - before.atUs) / 1e6),
    cpuUsPerPost: (after.cpuUs - before.cpuUs) / measured,
    failed,
  }
}

/** undici writes these itself. */
const writtenByUndici = new Set(['host', 'connection', 'content-length', 'transfer-encoding'])

/** Makes the options of one post, signed anew each time it is called. */
function postFrom({ origin, bytes }: Captured, key: Buffer): () => Dispatcher.DispatchOptions {
  const message = messageAt(bytes, 0)
  if (message === undefined) throw new Error('A captured request is incomplete.')
  const body = Buffer.from(bytes.subarray(message.bodyStart, message.end))
  const id = headerIn(bytes, 'webhook-id', 0, message) ?? ''
  const [requestLine = '', ...lines] = bytes.toString('latin1', 0, message.bodyStart - 4).split('\r\n')
  const headers = lines
    .map((line): [string, string] => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()])
    .filter(([name]) => !writtenByUndici.has(name.toLowerCase()))
    .flat()
  const timestampAt = valuePlace(headers, 'webhook-timestamp')
  const signatureAt = valuePlace(headers, 'webhook-signature')
  const options: Dispatcher.DispatchOptions = { origin, path: requestLine.split(' ')[1] ?? '/', method: 'POST', headers, body }

  return () => {
    const timestamp = Math.floor(Date.now() / 1000).toString()
    headers[timestampAt] = timestamp
    headers[signatureAt] = `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest('base64')}`
    return options
  }
}

function valuePlace(headers: readonly string[], name: string): number {
  const place = headers.findIndex((header, n) => n % 2 === 0 && header.toLowerCase() === name)
  if (place < 0) throw new Error(`The product sent no ${name}; the ceiling signs the standard format only.`)
  return place + 1
}

function later(seconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1000))
}
