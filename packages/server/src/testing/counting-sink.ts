import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** One time that a delivery arrived. */
export interface Receipt { body: string; receivedAt: number; answeredAt: number | undefined; status: number | undefined }

/** An endpoint that takes its time, says no to some at first, and writes down every receipt of every delivery. */
export class CountingSink {
  /** By path and `webhook-id`. */
  readonly receipts = new Map<string, Receipt[]>()
  /** Requests that wait for their answer. */
  inFlight = 0
  readonly #server: Server

  private constructor({ answerAfterMs, refuses }: { answerAfterMs: () => number; refuses: (id: string) => boolean }) {
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = []
      request.on('error', () => {})
      response.on('error', () => {})
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => {
        const id = String(request.headers['webhook-id'])
        const key = `${request.url}#${id}`
        const receipt: Receipt = { body: Buffer.concat(chunks).toString('utf8'), receivedAt: performance.now(), answeredAt: undefined, status: undefined }
        const earlier = this.receipts.get(key)
        if (earlier === undefined) this.receipts.set(key, [receipt])
        else earlier.push(receipt)

        this.inFlight++
        setTimeout(() => {
          this.inFlight--
          if (response.destroyed || request.socket.destroyed) return
          receipt.answeredAt = performance.now()
          receipt.status = earlier === undefined && refuses(id) ? 503 : 200
          response.writeHead(receipt.status).end()
        }, answerAfterMs())
      })
    })
  }

  static async start(rules: { answerAfterMs: () => number; refuses: (id: string) => boolean }): Promise<CountingSink> {
    const sink = new CountingSink(rules)
    await new Promise<void>((resolve) => sink.#server.listen(0, '127.0.0.1', resolve))
    return sink
  }

  url(path: string): string { return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}${path}` }

  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }
}
