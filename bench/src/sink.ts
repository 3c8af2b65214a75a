import { appendFileSync, writeFileSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { answerParent, ownCpuUs } from './child.js'
import { stampIn } from './event-body.js'
import { digitsAt, headerIn, type Message, messageAt } from './http-message.js'
import { LatencyHistogram } from './latency-histogram.js'
import { monotonicUs } from './monotonic-clock.js'

// The endpoints of every customer, in one process: it shares the machine with what it measures, so it reads no more
// of a request than it must and always answers the same bytes.

export type SinkCommands = typeof commands

/** What has reached the sink since it was last cleared. */
export interface SinkCounts {
  requests: number
  /** Distinct pairs of endpoint and webhook-id that were answered with 200. */
  distinct: number
  /** Answered with 200 although that pair had been before. */
  repeated: number
  refused: number
  hung: number
  /** Requests without a webhook-id, or to a path that is no endpoint's. */
  misread: number
  /** Monotonic microseconds of the first and last distinct receipt; 0 before there is one. */
  firstAtUs: number
  lastAtUs: number
}

/** One request as it arrived, kept so that the ceiling can post the same bytes. */
export interface Captured {
  endpoint: number
  origin: string
  bytes: Buffer
}

const ok = Buffer.from('HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 2\r\n\r\nok')
const pathStart = 'POST /e/'.length
const idLine = Buffer.from('\r\nwebhook-id: ')

const servers: Server[] = []
const receipts: (Set<string> | undefined)[] = []
const latencies = new LatencyHistogram()
/** Latencies of which endpoints are kept. */
let measured = { from: 0, below: Infinity }
let counts = noCounts()
let hanging = new Set<number>()
let refusingUntil = 0
let captured: Map<number, Captured> | undefined

const commands = {
  /** Opens `origins` ports on loopback and tells their URLs; endpoint n of origin o lives at `<url o>/e/<n>`. */
  async listen({ origins }: { origins: number }): Promise<string[]> {
    while (servers.length < origins) servers.push(await open())
    return servers.map(originOf)
  },
  /** From now on these endpoints never answer, and all others ask to come back at `refusingUntil`, milliseconds since 1970, with a 503. */
  behave(behaviour: { hanging?: number[]; refusingUntil?: number }): void {
    hanging = new Set(behaviour.hanging)
    refusingUntil = behaviour.refusingUntil ?? 0
  },
  counts: (): SinkCounts => counts,
  /** CPU of this process so far, in microseconds. */
  cpuUs: ownCpuUs,
  /** Publish-to-receipt latencies of distinct deliveries, as counts of a LatencyHistogram. */
  latencies: (): Uint32Array => latencies.counts,
  clear(): void {
    counts = noCounts()
    receipts.length = 0
    latencies.clear()
  },
  /** From now on only latencies of these endpoints count. */
  measure(range: { from: number; below: number }): void {
    measured = range
  },
  /** Leaves out of the latencies what came before now, and counts on. */
  clearLatencies: (): void => latencies.clear(),
  /** Keeps the first request to each endpoint from now on. */
  capture(): void {
    captured = new Map()
  },
  /** What was kept, and keeps nothing more. */
  captured(): Captured[] {
    const kept = [...(captured?.values() ?? [])]
    captured = undefined
    return kept
  },
  /** Writes one line `<endpoint> <webhook-id>` for every distinct delivery. */
  writeReceipts({ file }: { file: string }): void {
    writeFileSync(file, '')
    receipts.forEach((ids, endpoint) => {
      if (ids !== undefined && ids.size > 0) appendFileSync(file, `${Array.from(ids, (id) => `${endpoint} ${id}`).join('\n')}\n`)
    })
  },
}

answerParent(commands)

async function open(): Promise<Server> {
  const server = createServer({ noDelay: true }, (socket) => serve(socket, server))
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port: 0, host: '127.0.0.1', backlog: 2048 }, resolve)
  })
  return server
}

function originOf(server: Server): string {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The sink is not listening.')
  return `http://127.0.0.1:${address.port}`
}

function serve(socket: Socket, server: Server): void {
  let rest: Buffer | undefined
  socket.on('error', () => socket.destroy())
  socket.on('data', (chunk: Buffer) => {
    const bytes = rest === undefined ? chunk : Buffer.concat([rest, chunk])
    let start = 0
    while (start < bytes.length) {
      const message = messageAt(bytes, start)
      if (message === undefined) break
      receive(socket, server, bytes, start, message)
      start = message.end
    }
    rest = start < bytes.length ? bytes.subarray(start) : undefined
  })
}

function receive(socket: Socket, server: Server, bytes: Buffer, start: number, message: Message): void {
  counts.requests++
  const endpoint = digitsAt(bytes, start + pathStart)
  if (hanging.has(endpoint)) {
    counts.hung++
    return
  }
  if (refusingUntil > 0 && Date.now() < refusingUntil) {
    counts.refused++
    const seconds = Math.ceil((refusingUntil - Date.now()) / 1000)
    socket.write(`HTTP/1.1 503 Service Unavailable\r\nretry-after: ${seconds}\r\ncontent-length: 0\r\n\r\n`)
    return
  }
  socket.write(ok)
  if (captured !== undefined && !captured.has(endpoint)) {
    captured.set(endpoint, { endpoint, origin: originOf(server), bytes: Buffer.from(bytes.subarray(start, message.end)) })
  }

  const id = idIn(bytes, start, message)
  if (id === undefined) {
    counts.misread++
    return
  }
  const ids = (receipts[endpoint] ??= new Set())
  const before = ids.size
  ids.add(id)
  if (ids.size === before) {
    counts.repeated++
    return
  }

  const now = monotonicUs()
  counts.distinct++
  if (counts.firstAtUs === 0) counts.firstAtUs = now
  counts.lastAtUs = now
  const sentAtUs = stampIn(bytes, message.bodyStart, message.end)
  if (sentAtUs !== undefined && endpoint >= measured.from && endpoint < measured.below) latencies.record(now - sentAtUs)
}

function idIn(bytes: Buffer, start: number, message: Message): string | undefined {
  const line = bytes.indexOf(idLine, start)
  if (line < 0 || line > message.bodyStart) return headerIn(bytes, 'webhook-id', start, message)
  const first = line + idLine.length
  return bytes.toString('latin1', first, bytes.indexOf(13, first))
}

function noCounts(): SinkCounts {
  return { requests: 0, distinct: 0, repeated: 0, refused: 0, hung: 0, misread: 0, firstAtUs: 0, lastAtUs: 0 }
}
