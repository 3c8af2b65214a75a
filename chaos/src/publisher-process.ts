import { readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { Agent, request } from 'undici'
import { answerParent } from '../../bench/dist/child.js'
import { PublishLog, type Accepted } from './publish-log.js'

/** Publishers in a process of their own. Each publishes one event after another, and the same one again until it is answered with 2xx. */
const commands = { start, stop, refusals }
export type PublisherCommands = typeof commands

export interface PublishOrder { urls: string[]; key: string; organizations: string[]; perSecond: number; publishers: number; firstPublisher: number; log: string }

const agent = new Agent({ connections: 16, headersTimeout: 5_000, bodyTimeout: 5_000, connectTimeout: 2_000 })
const answers: Record<string, number> = {}
const refusedAt: number[] = []
const open = new Set<string>()
let order: PublishOrder
let log: PublishLog
const stopping = { asked: false, over: false }
let loops: Promise<void>[] = []

answerParent(commands)

async function start(given: PublishOrder): Promise<void> {
  order = given
  log = new PublishLog(order.log)
  loops = Array.from({ length: order.publishers }, (_, n) => publishAll(order.firstPublisher + n))
}

async function stop({ withinMs }: { withinMs: number }): Promise<{ accepted: Accepted[]; unanswered: string[]; answers: Record<string, number>; refusedAt: number[] }> {
  stopping.asked = true
  await Promise.race([Promise.all(loops), pause(withinMs)])
  stopping.over = true
  await Promise.all(loops)
  log.close()
  await agent.destroy()
  // What counts is what is on the disk.
  const accepted = readFileSync(order.log, 'utf8').split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as Accepted)
  return { accepted, unanswered: [...open], answers, refusedAt }
}

/** How many publishes were answered 503 so far. */
async function refusals(): Promise<number> {
  return refusedAt.length
}

async function publishAll(publisher: number): Promise<void> {
  const everyMs = 1_000 * order.publishers / order.perSecond
  let dueAt = performance.now() + Math.random() * everyMs
  // It stays with a node while that answers, as behind a load balancer, and goes to another one now and then.
  let node = publisher
  for (let n = 1; !stopping.asked; n++) {
    if (n % 20 === 0) node++
    await pause(Math.max(0, dueAt - performance.now()))
    dueAt = Math.max(dueAt + everyMs, performance.now() - 1_000)
    const organization = order.organizations[(publisher + n) % order.organizations.length] as string
    const serial = `p${publisher}-${n}`
    const triedAt = Date.now()
    open.add(serial)
    while (!stopping.over) {
      const id = await publish(publisher, organization, serial, order.urls[node % order.urls.length] as string)
      if (id !== undefined) {
        log.accepted({ organization, publisher, serial, id, acceptedAt: Date.now(), triedAt })
        open.delete(serial)
        break
      }
      node++
      await pause(100)
    }
  }
}

/** Half of them bring an id, the others an Idempotency-Key: both must keep a publish that is repeated from becoming two events. */
async function publish(publisher: number, organization: string, serial: string, url: string): Promise<string | undefined> {
  const isGiven = publisher % 2 === 0
  try {
    const { statusCode, body } = await request(`${url}/v1/organizations/${organization}/events`, {
      method: 'POST', dispatcher: agent,
      headers: { authorization: `Bearer ${order.key}`, ...(!isGiven && { 'idempotency-key': serial }) },
      body: `{${isGiven ? `"id":"${serial}",` : ''}"type":"order.created","data":{"serial":"${serial}","amount":10.00,"note":"${'x'.repeat(200)}"}}`,
    })
    const text = await body.text()
    const name = statusCode === 202 || statusCode === 503 ? String(statusCode) : `${statusCode} ${text.slice(0, 160)}`
    answers[name] = (answers[name] ?? 0) + 1
    if (statusCode === 503) refusedAt.push(Date.now())
    return statusCode === 202 ? (JSON.parse(text) as { id: string }).id : undefined
  } catch {
    answers['none'] = (answers['none'] ?? 0) + 1
    return undefined
  }
}
