import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** One request as the sink met it. Instants are milliseconds since 1970. */
export interface Receipt {
  path: string
  id: string
  /** What the publisher numbered it with, read from the body; undefined for what no publisher of ours made. */
  serial: string | undefined
  digest: string
  receivedAt: number
  /** When it was answered, or when its connection ended without an answer. Undefined: still open. */
  endedAt: number | undefined
  /** Undefined: no answer was given. */
  status: number | undefined
}

/** How the sink treats what comes: parts of all requests. */
export interface Moods { hangs: number; fails: number; closes: number; answerWithinMs: number }

/** Every customer's endpoint in one: writes down every request, and sometimes hangs, fails or closes. */
export class ChaoticSink {
  readonly receipts: Receipt[] = []
  /** Deliveries, as `<path> <serial>`, that were answered with 2xx. */
  readonly delivered = new Set<string>()
  isCalm = false
  readonly #server: Server

  private constructor(private readonly moods: Moods, private readonly refuses: (path: string, serial: string) => boolean) {
    this.#server = createServer((request, response) => this.#receive(request, response))
    this.#server.keepAliveTimeout = 30_000
  }

  static async start(moods: Moods, refuses: (path: string, serial: string) => boolean): Promise<ChaoticSink> {
    const sink = new ChaoticSink(moods, refuses)
    await new Promise<void>((resolve) => sink.#server.listen(0, '127.0.0.1', resolve))
    return sink
  }

  url(path: string): string { return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}${path}` }

  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  #receive(request: IncomingMessage, response: ServerResponse): void {
    const receivedAt = Date.now()
    const chunks: Buffer[] = []
    request.on('error', () => {})
    response.on('error', () => {})
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = Buffer.concat(chunks)
      const receipt: Receipt = { path: request.url ?? '', id: String(request.headers['webhook-id']), serial: serialIn(body), digest: createHash('sha256').update(body).digest('base64'), receivedAt, endedAt: undefined, status: undefined }
      this.receipts.push(receipt)
      response.on('close', () => { receipt.endedAt ??= Date.now() })
      this.#answer(receipt, response)
    })
  }

  #answer(receipt: Receipt, response: ServerResponse): void {
    const { hangs, fails, closes, answerWithinMs } = this.isCalm ? { hangs: 0, fails: 0, closes: 0, answerWithinMs: 5 } : this.moods
    const mood = Math.random()
    if (mood < hangs) return
    const isRefused = this.refuses(receipt.path, receipt.serial ?? '') || (mood >= hangs && mood < hangs + fails)
    const isClosed = mood >= hangs + fails && mood < hangs + fails + closes
    setTimeout(() => {
      if (response.destroyed) return
      if (isClosed) {
        response.destroy()
        return
      }
      receipt.status = isRefused ? 503 : 200
      receipt.endedAt = Date.now()
      if (!isRefused) this.delivered.add(`${receipt.path} ${receipt.serial}`)
      response.writeHead(receipt.status).end()
    }, Math.random() * answerWithinMs)
  }
}

function serialIn(body: Buffer): string | undefined {
  return /"serial":"([^"]+)"/.exec(body.toString('utf8'))?.[1]
}
