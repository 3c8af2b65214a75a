import { connect, type Socket } from 'node:net'
import { answerParent, ownCpuUs } from './child.js'
import { messageAt } from './http-message.js'
import { LatencyHistogram } from './latency-histogram.js'
import { monotonicUs } from './monotonic-clock.js'
import { dueCount } from './pace.js'
import { stripeBody, stripeEventId, stripeSignature } from './stripe-webhook.js'

// Stripe, in one process: connections that are kept alive, each with at most one webhook under way, signed as it is sent.

export type ProviderCommands = typeof commands

export interface SendRun {
  host: string
  port: number
  path: string
  secret: string
  connections: number
  /** Begins the ids of this run, so that those of two runs differ. */
  name: string
  /** Whose webhooks these are, by turns. */
  organizationIds: string[]
  /** So many forged ones, signed with a secret that is not the source's, follow each genuine one. */
  forgedPerGenuine: number
  /** Every so many genuine ones, one that was answered 200 before is told again, as Stripe does at times. */
  repeatEvery: number
  /** Webhooks per second of an open loop, forged ones included; left out, every connection sends again as soon as it is answered. */
  ratePerSecond?: number
  seconds: number
}

/** What became of the genuine ones, or of the forged. */
export interface Sent {
  answers: Record<string, number>
  /** Counts of a LatencyHistogram: from the moment a webhook is due until its answer has been read. */
  latencies: Uint32Array
}

export interface SendResult {
  genuine: Sent
  forged: Sent
  /** Ids of the events that were answered 200 when first told. */
  accepted: string[]
  /** Ids of the events that were told again and answered 200 again. */
  repeated: string[]
  /** Webhooks whose connection was cut before the answer. */
  unanswered: number
  /** Monotonic microseconds of the first webhook and the last answer. */
  firstAtUs: number
  lastAtUs: number
  cpuUs: number
}

const commands = { send }

answerParent(commands)

async function send(run: SendRun): Promise<SendResult> {
  const cpuBeforeUs = ownCpuUs()
  const sockets = await Promise.all(Array.from({ length: run.connections }, () => dial(run)))
  const result = await new Promise<SendResult>((resolve) => drive(run, sockets, resolve))
  for (const socket of sockets) socket.destroy()
  return { ...result, cpuUs: ownCpuUs() - cpuBeforeUs }
}

function dial({ host, port }: SendRun): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, noDelay: true }, () => {
      socket.off('error', reject)
      resolve(socket)
    })
    socket.once('error', reject)
  })
}

/** The n-th genuine webhook, told for the first time or again; or a forged one. */
interface Webhook {
  kind: 'first' | 'repeat' | 'forged'
  n: number
}

/** A connection, and the webhook whose answer it waits for. */
interface Line {
  socket: Socket
  webhook: Webhook | undefined
  dueAtUs: number
  rest: Buffer | undefined
}

function drive(run: SendRun, sockets: readonly Socket[], ended: (result: SendResult) => void): void {
  const startUs = monotonicUs()
  const endUs = startUs + run.seconds * 1e6
  const total = run.ratePerSecond === undefined ? Number.POSITIVE_INFINITY : Math.ceil(run.ratePerSecond * run.seconds)
  const result: SendResult = { genuine: nothingSent(), forged: nothingSent(), accepted: [], repeated: [], unanswered: 0, firstAtUs: startUs, lastAtUs: startUs, cpuUs: 0 }
  const latencies = { genuine: new LatencyHistogram(result.genuine.latencies), forged: new LatencyHistogram(result.forged.latencies) }

  const idle: Line[] = []
  const overdue: number[] = []
  /** Accepted ones that may be told again. */
  const repeatable: number[] = []
  let sent = 0
  let genuineSent = 0
  let made = 0
  let underWay = 0
  let alive = sockets.length
  let isDone = false

  for (const socket of sockets) {
    const line: Line = { socket, webhook: undefined, dueAtUs: 0, rest: undefined }
    socket.on('data', (chunk: Buffer) => hear(line, chunk))
    socket.on('error', () => {})
    socket.on('close', () => lose(line))
    idle.push(line)
  }
  const timer = run.ratePerSecond === undefined ? undefined : setInterval(() => tick(run.ratePerSecond ?? 0), 1)
  if (timer === undefined) for (const line of idle.splice(0)) begin(line, startUs)

  // Open loop: a webhook is due by the clock, whether or not a connection is free, and its wait for one counts.
  function tick(ratePerSecond: number): void {
    const known = sent + overdue.length
    const due = dueCount(ratePerSecond, monotonicUs() - startUs, known, total)
    for (let n = known; n < known + due; n++) overdue.push(startUs + (n / ratePerSecond) * 1e6)
    while (overdue.length > 0 && idle.length > 0) begin(idle.pop() as Line, overdue.shift() as number)
  }

  function begin(line: Line, dueAtUs: number): void {
    const webhook = next()
    line.webhook = webhook
    line.dueAtUs = dueAtUs
    underWay++
    const body = stripeBody(webhook.kind === 'forged' ? `forged${run.name}` : run.name, webhook.n, run.organizationIds[webhook.n % run.organizationIds.length] ?? '')
    const signature = stripeSignature(body, webhook.kind === 'forged' ? `${run.secret}, guessed` : run.secret)
    line.socket.write(
      `POST ${run.path} HTTP/1.1\r\nhost: ${run.host}:${run.port}\r\nuser-agent: Stripe/1.0 (+https://stripe.com/docs/webhooks)\r\naccept: */*; q=0.5, application/xml\r\n` +
      `content-type: application/json; charset=utf-8\r\nstripe-signature: ${signature}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    )
  }

  function next(): Webhook {
    if (sent++ % (run.forgedPerGenuine + 1) > 0) return { kind: 'forged', n: sent }
    const again = ++genuineSent % run.repeatEvery === 0 ? repeatable.shift() : undefined
    return again === undefined ? { kind: 'first', n: made++ } : { kind: 'repeat', n: again }
  }

  function hear(line: Line, chunk: Buffer): void {
    const bytes = line.rest === undefined ? chunk : Buffer.concat([line.rest, chunk])
    const message = messageAt(bytes, 0)
    line.rest = message === undefined ? bytes : undefined
    if (message === undefined || line.webhook === undefined) return

    const now = monotonicUs()
    result.lastAtUs = now
    note(line.webhook, bytes.toString('latin1', 9, 12), now - line.dueAtUs)
    line.webhook = undefined
    underWay--
    if (timer === undefined && now < endUs) begin(line, now)
    else if (overdue.length > 0) begin(line, overdue.shift() as number)
    else idle.push(line)
    finishIfDone()
  }

  function note({ kind, n }: Webhook, status: string, latencyUs: number): void {
    const whose = kind === 'forged' ? 'forged' : 'genuine'
    const { answers } = result[whose]
    answers[status] = (answers[status] ?? 0) + 1
    latencies[whose].record(latencyUs)
    if (kind === 'forged' || status !== '200') return
    if (kind === 'first') repeatable.push(n)
    result[kind === 'first' ? 'accepted' : 'repeated'].push(stripeEventId(run.name, n))
  }

  function lose(line: Line): void {
    alive--
    const place = idle.indexOf(line)
    if (place >= 0) idle.splice(place, 1)
    if (line.webhook !== undefined) {
      underWay--
      result.unanswered++
    }
    finishIfDone()
  }

  function finishIfDone(): void {
    const isOver = alive === 0 || (timer === undefined ? monotonicUs() >= endUs : sent >= total)
    if (isDone || underWay > 0 || !isOver) return
    isDone = true
    clearInterval(timer)
    ended(result)
  }
}

function nothingSent(): Sent {
  return { answers: {}, latencies: new LatencyHistogram().counts }
}
