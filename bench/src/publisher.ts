import { writeFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { answerParent, ownCpuUs } from './child.js'
import { eventBody, eventBytes, stamp } from './event-body.js'
import { bodyText, type Message, messageAt } from './http-message.js'
import { LatencyHistogram } from './latency-histogram.js'
import { monotonicUs } from './monotonic-clock.js'
import { dueCount } from './pace.js'

// The applications that publish, in one process: connections that are kept alive, each with at most one request under way.

export type PublisherCommands = typeof commands

/** An event type of an organization, and the endpoints that a publish of it must reach. */
export interface Target {
  organizationId: string
  /** A key of that organization with the scope events:publish. */
  key: string
  eventType: string
  endpoints: number[]
}

export interface PublishRun {
  host: string
  /** Of each node; connections are spread over them. */
  ports: readonly number[]
  connections: number
  targets: Target[]
  /** Events in one request; more than 1 publishes batches, each to one target. */
  eventsPerRequest: number
  /** Events per second of an open loop; left out, every connection publishes again as soon as it is answered. */
  ratePerSecond?: number
  /** The run ends after so many seconds or events, whichever comes first. */
  seconds?: number
  events?: number
}

export interface PublishResult {
  /** Events that were answered with a 2xx of their own. */
  accepted: number
  /** Deliveries that these must become. */
  expected: number
  /** Events that were refused, by status. */
  refused: Record<string, number>
  /** Events whose connection was cut before the answer: they may be in the stream or not. */
  unanswered: number
  /** Monotonic microseconds of the first publish and the last answer. */
  firstAtUs: number
  lastAtUs: number
  /** Counts of a LatencyHistogram: from the moment an event is due until its answer has been read. */
  latencies: Uint32Array
  cpuUs: number
}

/** What has been accepted since the log was last cleared: the id, and which target it was published to. */
const acceptedIds: string[] = []
const acceptedTargets: Target[] = []

const commands = {
  publish,
  cpuUs: ownCpuUs,
  clear(): void {
    acceptedIds.length = 0
    acceptedTargets.length = 0
  },
  /** Writes one line `<endpoint> <event id>` for every delivery that an accepted event must become. */
  writeAccepted({ file }: { file: string }): void {
    const lines = acceptedIds.flatMap((id, n) => (acceptedTargets[n]?.endpoints ?? []).map((endpoint) => `${endpoint} ${id}\n`))
    writeFileSync(file, lines.join(''))
  },
}

answerParent(commands)

async function publish(run: PublishRun): Promise<PublishResult> {
  const cpuBeforeUs = ownCpuUs()
  const sockets = await Promise.all(Array.from({ length: run.connections }, (_, n) => dial(run.host, run.ports[n % run.ports.length] as number)))
  const result = await new Promise<PublishResult>((resolve) => drive(run, sockets, resolve))
  for (const socket of sockets) socket.destroy()
  return { ...result, cpuUs: ownCpuUs() - cpuBeforeUs }
}

function dial(host: string, port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, noDelay: true }, () => {
      socket.off('error', reject)
      resolve(socket)
    })
    socket.once('error', reject)
  })
}

/** A connection, and the request that it waits for. */
interface Line {
  socket: Socket
  target: Target | undefined
  dueAtUs: number
  rest: Buffer | undefined
}

function drive(run: PublishRun, sockets: readonly Socket[], ended: (result: PublishResult) => void): void {
  const requests = run.targets.map((target) => ({ target, ...requestParts(run, target) }))
  const wanted = run.events ?? Number.POSITIVE_INFINITY
  const latencies = new LatencyHistogram()
  const startUs = monotonicUs()
  const endUs = startUs + (run.seconds ?? Number.POSITIVE_INFINITY) * 1e6
  const result: PublishResult = { accepted: 0, expected: 0, refused: {}, unanswered: 0, firstAtUs: startUs, lastAtUs: startUs, latencies: latencies.counts, cpuUs: 0 }

  const idle: Line[] = []
  const overdue: number[] = []
  let sent = 0
  let underWay = 0
  let alive = sockets.length
  let isDone = false

  for (const socket of sockets) {
    const line: Line = { socket, target: undefined, dueAtUs: 0, rest: undefined }
    socket.on('data', (chunk: Buffer) => hear(line, chunk))
    socket.on('error', () => {})
    socket.on('close', () => lose(line))
    idle.push(line)
  }
  const timer = run.ratePerSecond === undefined ? undefined : setInterval(tick, 1)
  if (timer === undefined) for (const line of idle.splice(0)) next(line)
  else tick()

  // Open loop: an event is due by the clock, whether or not a connection is free, and its wait for one counts.
  function tick(): void {
    const now = monotonicUs()
    const total = Math.min(wanted, Math.ceil((run.ratePerSecond ?? 0) * (run.seconds ?? Number.POSITIVE_INFINITY)))
    for (let due = dueCount(run.ratePerSecond ?? 0, now - startUs, sent + overdue.length, total); due > 0; due--) overdue.push(now)
    while (overdue.length > 0 && idle.length > 0) send(idle.pop() as Line, overdue.shift() as number)
    if (now >= endUs && overdue.length === 0) finishIfDone()
  }

  function next(line: Line): void {
    const now = monotonicUs()
    if (now < endUs && sent < wanted) send(line, now)
    else finishIfDone()
  }

  function send(line: Line, dueAtUs: number): void {
    const request = requests[(sent / run.eventsPerRequest) % requests.length]
    if (request === undefined) throw new Error('There is nothing to publish to.')
    line.target = request.target
    line.dueAtUs = dueAtUs
    sent += run.eventsPerRequest
    underWay++
    const event = request.before + stamp(dueAtUs) + request.after
    line.socket.write(run.eventsPerRequest === 1 ? request.head + event : `${request.head}{"events":[${Array(run.eventsPerRequest).fill(event).join(',')}]}`, 'latin1')
  }

  function hear(line: Line, chunk: Buffer): void {
    const bytes = line.rest === undefined ? chunk : Buffer.concat([line.rest, chunk])
    const message = messageAt(bytes, 0)
    line.rest = message === undefined ? bytes : undefined
    if (message === undefined || line.target === undefined) return

    const now = monotonicUs()
    latencies.record(now - line.dueAtUs)
    result.lastAtUs = now
    note(bytes, message, line.target)
    line.target = undefined
    underWay--
    if (timer === undefined) {
      next(line)
    } else if (overdue.length > 0) {
      send(line, overdue.shift() as number)
    } else {
      idle.push(line)
      if (now >= endUs || sent >= wanted) finishIfDone()
    }
  }

  function note(bytes: Buffer, message: Message, target: Target): void {
    const status = bytes.toString('latin1', 9, 12)
    if (status === '202') {
      accept(target, (JSON.parse(bodyText(bytes, message, 0)) as { id: string }).id)
    } else if (status === '207') {
      for (const item of (JSON.parse(bodyText(bytes, message, 0)) as { data: { status: number; id?: string }[] }).data) {
        if (item.id !== undefined && item.status < 300) accept(target, item.id)
        else refuse(String(item.status), 1)
      }
    } else {
      refuse(status, run.eventsPerRequest)
    }
  }

  function accept(target: Target, id: string): void {
    result.accepted++
    result.expected += target.endpoints.length
    acceptedIds.push(id)
    acceptedTargets.push(target)
  }

  function refuse(status: string, events: number): void {
    result.refused[status] = (result.refused[status] ?? 0) + events
  }

  function lose(line: Line): void {
    alive--
    const place = idle.indexOf(line)
    if (place >= 0) idle.splice(place, 1)
    if (line.target !== undefined) {
      underWay--
      result.unanswered += run.eventsPerRequest
    }
    if (alive === 0) finishIfDone()
  }

  function finishIfDone(): void {
    if (isDone || underWay > 0) return
    isDone = true
    clearInterval(timer)
    ended(result)
  }
}

function requestParts(run: PublishRun, { organizationId, key, eventType }: Target): { head: string; before: string; after: string } {
  const isBatch = run.eventsPerRequest > 1
  const bytes = isBatch ? '{"events":[]}'.length + run.eventsPerRequest * (eventBytes + 1) - 1 : eventBytes
  const head =
    `POST /v1/organizations/${organizationId}/events${isBatch ? '/batch' : ''} HTTP/1.1\r\nhost: ${run.host}\r\n` +
    `authorization: Bearer ${key}\r\ncontent-type: application/json\r\ncontent-length: ${bytes}\r\n\r\n`
  return { head, ...eventBody(eventType) }
}
