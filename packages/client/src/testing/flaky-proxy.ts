import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What happens to a request: it passes, or its answer is lost after it was done, or it is answered here. */
export type Fate = 'passes' | 'answer is lost' | 'is never answered' | { status: number; headers?: Record<string, string>; body?: string }

/** Stands between a client and its server and lets each request have the fate that is next; those after them pass. */
export class FlakyProxy {
  readonly seen: { method: string; path: string; headers: IncomingMessage['headers'] }[] = []
  fates: Fate[] = []
  readonly #server: Server

  private constructor(private readonly target: string) {
    this.#server = createServer((incoming, outgoing) => this.#pass(incoming, outgoing))
  }

  static async start(target: string): Promise<FlakyProxy> {
    const proxy = new FlakyProxy(target)
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve))
    return proxy
  }

  get url(): string { return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}` }

  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  /** Every connection is lost; new ones are taken. */
  cut(): void {
    this.#server.closeAllConnections()
  }

  #pass(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const fate = this.fates.shift() ?? 'passes'
    this.seen.push({ method: incoming.method ?? '', path: incoming.url ?? '', headers: incoming.headers })
    if (typeof fate === 'object') {
      outgoing.writeHead(fate.status, fate.headers).end(fate.body)
      return
    }
    const { host: _host, ...headers } = incoming.headers
    const passed = request(this.target + incoming.url, { method: incoming.method, headers }, (answer) => {
      if (fate === 'passes') {
        outgoing.writeHead(answer.statusCode ?? 500, answer.headers)
        answer.pipe(outgoing)
        return
      }
      answer.resume()
      if (fate === 'answer is lost') answer.on('end', () => incoming.socket.destroy())
    })
    passed.on('error', () => outgoing.destroy())
    outgoing.on('close', () => passed.destroy())
    incoming.pipe(passed)
  }
}
