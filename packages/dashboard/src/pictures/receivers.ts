import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Applications that take webhooks, each in its own mood: what stands in the path says how it answers. */
export class Receivers {
  private constructor(readonly url: string, private readonly server: Server) {}

  static async start(): Promise<Receivers> {
    const server = createServer((request, response) => {
      request.resume().on('end', () => {
        const { status, body, afterMs } = moods.find(({ path }) => request.url?.startsWith(path)) ?? { status: 200, body: '{"received":true}', afterMs: 4 + Math.random() * 20 }
        setTimeout(() => response.writeHead(status, { 'content-type': 'application/json', 'x-request-id': crypto.randomUUID() }).end(body), afterMs)
      })
    })
    await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
    return new Receivers(`http://localhost:${(server.address() as AddressInfo).port}`, server)
  }

  stop(): void {
    this.server.closeAllConnections()
    this.server.close()
  }
}

const moods = [
  { path: '/erp/', status: 503, body: '{"error":"maintenance","retry":"later"}', afterMs: 30 },
  { path: '/legacy/', status: 500, body: '{"error":"TypeError: Cannot read properties of undefined (reading \'sku\')"}', afterMs: 12 },
  { path: '/slow/', status: 200, body: '{"received":true}', afterMs: 180 },
]
