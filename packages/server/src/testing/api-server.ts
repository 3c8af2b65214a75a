import type { AddressInfo } from 'node:net'
import { createApi } from '../api/app.js'
import { createHttpServer } from '../api/http-server.js'
import { systemClock, type Clock } from '../time/clock.js'
import { hashApiKey } from '../secrets/api-key.js'
import { undocumented } from './documented.js'
import { RunningNode, testVault } from './running-node.js'
import type { EndpointUrlRules } from '../endpoints/endpoint-url.js'
import type { Scope } from '../keys/scopes.js'
import type { TestDatabase } from './each-database.js'

export const adminKey = 'the-admin-key-of-the-tests-0123456789'

export interface ApiAnswer { status: number; headers: Headers; text: string; body: any } // oxlint-disable-line typescript/no-explicit-any

/** The API on a real port, before a node that really runs. */
export class ApiServer {
  readonly bugs: unknown[] = []
  port = 0
  #stop: () => Promise<void> = async () => {}

  private constructor(readonly node: RunningNode) {}

  static async start(db: TestDatabase, { clock = systemClock(), endpointUrls = { strict: false, allow: [] } }: { clock?: Clock; endpointUrls?: EndpointUrlRules } = {}): Promise<ApiServer> {
    const node = await RunningNode.start(db, clock)
    const api = new ApiServer(node)
    const { app, onNode } = createApi({
      engine: node.node, vault: testVault, adminKeyHash: hashApiKey(adminKey), clock, settings: { version: 'test', endpointUrls },
      log: { error: (_event, fields) => { api.bugs.push(fields) } },
      metrics: async () => ({ contentType: 'text/plain; version=0.0.4', text: 'posthorn_up 1\n' }),
    })
    const server = createHttpServer(app.fetch, onNode)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    api.port = (server.address() as AddressInfo).port
    api.#stop = async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await node.stop()
    }
    return api
  }

  stop(): Promise<void> { return this.#stop() }

  /** One request. A body that is text or bytes goes as it is; anything else as JSON. */
  async call(method: string, path: string, body?: unknown, { key = adminKey, headers = {} }: { key?: string | null; headers?: Record<string, string> } = {}): Promise<ApiAnswer> {
    const response = await fetch(`http://127.0.0.1:${this.port}${path}`, {
      method, headers: { ...(key !== null && { authorization: `Bearer ${key}` }), ...headers },
      body: body === undefined ? null : typeof body === 'string' || body instanceof Uint8Array ? body as string : JSON.stringify(body),
    })
    const text = await response.text()
    const isJson = response.headers.get('content-type')?.includes('json') ?? false
    const answer = { status: response.status, headers: response.headers, text, body: isJson && text !== '' ? JSON.parse(text) : undefined }
    const gap = undocumented({ method, url: path, sent: body, status: answer.status, contentType: response.headers.get('content-type'), body: answer.body })
    if (gap !== undefined) throw new Error(gap)
    return answer
  }

  async givenOrganization(id: string, more: object = {}): Promise<void> {
    const answer = await this.call('POST', '/v1/organizations', { id, name: id, ...more })
    if (answer.status !== 201) throw new Error(`No organization: ${answer.text}`)
  }

  async givenKey(organization: string, ...scopes: Scope[]): Promise<string> {
    const answer = await this.call('POST', `/v1/organizations/${organization}/keys`, { name: 'of a test', scopes })
    if (answer.status !== 201) throw new Error(`No key: ${answer.text}`)
    return answer.body.key
  }

  async givenEndpoint(organization: string, more: object = {}): Promise<string> {
    const answer = await this.call('POST', `/v1/organizations/${organization}/endpoints`, { url: 'https://receiver.example/hook', ...more })
    if (answer.status !== 201) throw new Error(`No endpoint: ${answer.text}`)
    return answer.body.id
  }
}
