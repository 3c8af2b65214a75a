import { createHmac } from 'node:crypto'
import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const adminKey = 'the-admin-key-of-the-tests-0123456789'
export const stripeSecret = 'whsec_of-the-browser-tests-0123456789'

/** A server as its users start it, on a folder of its own. */
export class DashboardServer {
  private constructor(readonly url: string, readonly folder: string, readonly process: ChildProcess) {}

  static async start(): Promise<DashboardServer> {
    return DashboardServer.#startIn(await mkdtemp(join(tmpdir(), 'posthorn-dashboard-')))
  }

  /** Stops it, does something to its folder, and starts it again there, under the same URL; where asked, on a machine whose clock is ahead. */
  async restart({ meanwhile = () => {}, aheadMs = 0 }: { meanwhile?: () => void; aheadMs?: number }): Promise<DashboardServer> {
    await this.#end()
    meanwhile()
    return DashboardServer.#startIn(this.folder, { port: new URL(this.url).port, aheadMs })
  }

  static async #startIn(folder: string, { port = '0', aheadMs = 0 } = {}): Promise<DashboardServer> {
    const { PATH = '', HOME = '' } = process.env
    const started = spawn(process.execPath, [fileURLToPath(new URL('../../../server/bin/posthorn.js', import.meta.url)), 'dev'], { cwd: folder, env: { PATH, HOME, PORT: port, POSTHORN_API_KEY: adminKey, ...(aheadMs > 0 && { NODE_OPTIONS: `--import=${clockAhead(aheadMs)}` }) }, stdio: ['ignore', 'pipe', 'inherit'] })
    const url = await new Promise<string>((resolve, reject) => {
      let told = ''
      started.stdout?.on('data', (chunk: Buffer) => {
        told += chunk.toString()
        const found = /is at (http\S+)/.exec(told)?.[1]
        if (found !== undefined && told.includes('Ctrl-C stops.')) resolve(found)
      })
      started.once('close', () => reject(new Error(`The server has ended.\n${told}`)))
    })
    return new DashboardServer(url, folder, started)
  }

  async stop(): Promise<void> {
    await this.#end()
    await rm(this.folder, { recursive: true, force: true })
  }

  async #end(): Promise<void> {
    const ended = new Promise((resolve) => this.process.once('close', resolve))
    this.process.kill('SIGTERM')
    await ended
  }

  /** What an application or an operator does over the API. */
  async ask<Answer = { id: string }>(method: string, path: string, body?: unknown): Promise<Answer> {
    const response = await fetch(this.url + path, { method, headers: { authorization: `Bearer ${adminKey}`, 'content-type': 'application/json' }, ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }) })
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${path}: ${text}`)
    return (text === '' ? undefined : JSON.parse(text)) as Answer
  }

  async givenInspector(status = 200): Promise<string> {
    const { url } = await this.ask<{ url: string }>('POST', '/inspect')
    await this.answering(url, status)
    return url
  }

  async answering(inspectorUrl: string, status: number): Promise<void> {
    await fetch(`${inspectorUrl}/answer`, { method: 'PUT', body: JSON.stringify({ status }) })
  }

  /** As Stripe would send it, or somebody who does not know the secret. */
  async sendAsStripe(body: string | Uint8Array<ArrayBuffer>, secret: string, source = 'stripe'): Promise<number> {
    const timestamp = Math.floor(Date.now() / 1_000)
    const signature = createHmac('sha256', secret).update(`${timestamp}.`).update(body).digest('hex')
    return (await fetch(`${this.url}/webhooks/${source}`, { method: 'POST', body, headers: { 'stripe-signature': `t=${timestamp},v1=${signature}`, 'content-type': 'application/json' } })).status
  }
}

/** A module that runs before the server and moves the machine's clock, as the process sees it. */
function clockAhead(ms: number): string {
  const source = `const RealDate = Date; globalThis.Date = class extends RealDate { constructor(...given) { if (given.length === 0) super(RealDate.now() + ${ms}); else super(...given) } static now() { return RealDate.now() + ${ms} } }`
  return `data:text/javascript,${encodeURIComponent(source)}`
}
