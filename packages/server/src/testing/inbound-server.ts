import { createApp } from '../api/app.js'
import { createHttpServer } from '../api/http-server.js'
import { hashApiKey } from '../secrets/api-key.js'
import { RunningNode, testVault } from './running-node.js'
import type { AddressInfo } from 'node:net'
import type { Server } from 'node:http'
import type { Clock } from '../time/clock.js'
import type { InboundSettings } from '../api/make-inbound.js'
import type { TestDatabase } from './each-database.js'

const adminKey = 'an admin key of more than thirty-two characters'

export interface Answered { status: number; headers: Headers; text: string; body: { [name: string]: unknown; data?: Record<string, unknown>[] } }

/** A node with its API and its inbound URLs, over real HTTP. */
export class InboundServer {
  private constructor(readonly running: RunningNode, readonly server: Server, readonly faults: unknown[]) {}

  static async start(db: TestDatabase, settings: Partial<InboundSettings> = {}, clock: Clock = db.clock): Promise<InboundServer> {
    const running = await RunningNode.start(db, clock)
    const faults: unknown[] = []
    const app = createApp({
      engine: running.node, vault: testVault, adminKeyHash: hashApiKey(adminKey), clock, settings: { version: '0', endpointUrls: { strict: false, allow: [] } },
      log: { error: (event, fields) => { faults.push({ event, ...fields }) } }, inbound: { builtIn: [], publicUrl: 'https://hooks.example', ...settings },
    })
    const server = createHttpServer((request, env) => app.fetch(request, env))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return new InboundServer(running, server, faults)
  }

  get url(): string { return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}` }

  /** As a provider sends. */
  async send(path: string, body: string | Uint8Array, headers: Record<string, string> = {}, method = 'POST'): Promise<Answered> {
    return answered(await fetch(this.url + path, { method, headers: { 'content-type': 'application/json', ...headers }, ...(method === 'POST' && { body: typeof body === 'string' ? body : Buffer.from(body) }) }))
  }

  /** As an operator asks, with the admin key. */
  async api(method: string, path: string, body?: object): Promise<Answered> {
    return answered(await fetch(`${this.url}/v1${path}`, { method, headers: { authorization: `Bearer ${adminKey}`, ...(body && { 'content-type': 'application/json' }) }, ...(body && { body: JSON.stringify(body) }) }))
  }

  /** An organization's events, oldest first, with their data as text. */
  async events(organization: string): Promise<{ type: string; data: string; receiptId: string; occurredAt: string }[]> {
    const { body } = await this.api('GET', `/organizations/${organization}/events?limit=200`)
    const told = await Promise.all([...body.data ?? []].reverse().map(({ id }) => this.api('GET', `/organizations/${organization}/events/${String(id)}`)))
    return told.map(({ body: event, text }) => ({ type: String(event['type']), data: /"data":(.*)\}$/s.exec(text)?.[1] ?? '', receiptId: String(event['receiptId']), occurredAt: String(event['occurredAt']) }))
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections()
    await new Promise((resolve) => this.server.close(resolve))
    await this.running.stop()
  }
}

async function answered(response: Response): Promise<Answered> {
  const text = await response.text()
  const isJson = /json/.test(response.headers.get('content-type') ?? '')
  return { status: response.status, headers: response.headers, text, body: isJson ? JSON.parse(text) as Answered['body'] : {} }
}
