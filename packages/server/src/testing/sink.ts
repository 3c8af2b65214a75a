import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** One request as a customer's endpoint got it. */
export interface Received { path: string; method: string; headers: IncomingMessage['headers']; body: string; id: string }
export type Answer = (request: Received, response: ServerResponse) => void

/** A real endpoint on loopback that writes down what it gets, and answers as the test says (200 unless told). */
export class Sink {
  readonly received: Received[] = []
  answer: Answer = (_request, response) => { response.end('ok') }
  readonly #server: Server
  #watchers: (() => void)[] = []

  private constructor() {
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('error', () => {})
      request.on('end', () => {
        const received = { path: request.url ?? '', method: request.method ?? '', headers: request.headers, body: Buffer.concat(chunks).toString('utf8'), id: String(request.headers['webhook-id']) }
        this.received.push(received)
        this.answer(received, response)
        for (const watch of this.#watchers) watch()
      })
    })
  }

  static async start(): Promise<Sink> {
    const sink = new Sink()
    await new Promise<void>((resolve) => sink.#server.listen(0, '127.0.0.1', resolve))
    return sink
  }

  get port(): number { return (this.#server.address() as AddressInfo).port }
  url(path = '/hook'): string { return `http://127.0.0.1:${this.port}${path}` }

  /** Answers with these statuses one after another, and the last of them from then on. */
  answerWith(...statuses: number[]): void {
    let i = 0
    this.answer = (_request, response) => { response.writeHead(statuses[Math.min(i++, statuses.length - 1)] as number).end('answer') }
  }

  /** Fulfilled once so many requests have come in. */
  async until(count: number, withinMs = 5_000): Promise<Received[]> {
    if (this.received.length >= count) return this.received
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`The sink got ${this.received.length} requests, not ${count}, within ${withinMs} ms.`)), withinMs)
      this.#watchers.push(() => {
        if (this.received.length < count) return
        clearTimeout(timer)
        resolve()
      })
    })
    return this.received
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }
}
