import { createServer, type Server, type Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createDialler } from '../dialling/dial.js'
import { systemResolver } from '../dialling/resolver.js'
import { attempt, type AttemptResult } from './attempt.js'
import { Connections } from './connections.js'
import type { AddressInfo } from 'node:net'

/** An endpoint that speaks bytes, not HTTP: what it does with each connection is up to the test. */
class RawEndpoint {
  readonly sockets = new Set<Socket>()
  connections = 0
  onRequest: (socket: Socket, requests: number) => void = (socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok')
  readonly #server: Server

  constructor() {
    this.#server = createServer((socket) => {
      this.connections++
      this.sockets.add(socket)
      let buffered = ''
      let requests = 0
      socket.on('data', (chunk) => {
        buffered += chunk.toString('latin1')
        for (let end = buffered.indexOf('\r\n\r\n'); end >= 0; end = buffered.indexOf('\r\n\r\n')) {
          const length = Number(/content-length: (\d+)/i.exec(buffered)?.[1] ?? 0)
          if (buffered.length < end + 4 + length) return
          buffered = buffered.slice(end + 4 + length)
          this.onRequest(socket, ++requests)
        }
      })
      socket.on('error', () => {})
      socket.on('close', () => this.sockets.delete(socket))
    })
  }

  listen(): Promise<void> { return new Promise((resolve) => this.#server.listen(0, '127.0.0.1', resolve)) }
  get origin(): string { return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}` }
  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy()
    await new Promise((resolve) => this.#server.close(resolve))
  }
}

describe('an attempt', () => {
  let endpoint: RawEndpoint
  let connections: Connections
  beforeEach(async () => {
    endpoint = new RawEndpoint()
    await endpoint.listen()
    connections = new Connections(createDialler({ allow: [], strict: false, resolver: systemResolver() }))
  })
  afterEach(async () => {
    await connections.close()
    await endpoint.stop()
  })

  const send = ({ timeoutMs = 2_000, origin = endpoint.origin, body = '{}' } = {}): Promise<AttemptResult> =>
    new Promise((resolve) => attempt(connections, { origin, path: '/hook', headers: { 'content-type': 'application/json' }, body, timeoutMs }, resolve))

  test('a 2xx is a success, with its headers and the beginning of its body', async () => {
    const result = await send()
    expect(result).toMatchObject({ outcome: { kind: 'accepted' }, status: 200, errorClass: null, error: null, responseHeaders: { 'content-length': '2' } })
    expect(Buffer.from(result.excerpt as Uint8Array).toString()).toBe('ok')
  })

  test('a connection is used again', async () => {
    for (let i = 0; i < 5; i++) await send()
    expect(endpoint.connections).toBe(1)
  })

  test('an endpoint that never answers costs the deadline and no more', async () => {
    endpoint.onRequest = () => {}
    const before = performance.now()
    const result = await send({ timeoutMs: 200 })
    expect(result).toMatchObject({ outcome: { kind: 'failed', errorClass: 'timeout' }, status: null })
    expect(performance.now() - before).toBeLessThan(1_000)
  })

  test('one that drips its headers byte by byte costs the deadline and no more', async () => {
    const timers: NodeJS.Timeout[] = []
    endpoint.onRequest = (socket) => {
      socket.write('HTTP/1.1 200 OK\r\n')
      timers.push(setInterval(() => socket.write('x-drip: 1\r\n'), 20))
    }
    const result = await send({ timeoutMs: 300 })
    for (const timer of timers) clearInterval(timer)
    expect(result).toMatchObject({ outcome: { kind: 'failed', errorClass: 'timeout' } })
    expect(result.durationMs).toBeLessThan(1_000)
  })

  test('a 2xx status line in time is a success though the body drips for ever', async () => {
    const timers: NodeJS.Timeout[] = []
    endpoint.onRequest = (socket) => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n')
      timers.push(setInterval(() => socket.write('x'), 20))
    }
    const result = await send({ timeoutMs: 300 })
    for (const timer of timers) clearInterval(timer)
    expect(result).toMatchObject({ outcome: { kind: 'accepted' }, status: 200 })
  })

  test('a 2xx whose body is cut off is a success', async () => {
    endpoint.onRequest = (socket) => { socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf', () => socket.destroy()) }
    expect(await send()).toMatchObject({ outcome: { kind: 'accepted' }, status: 200 })
  })

  test('of a body without end at most 64 KiB are read, and 4 KiB of a failure are kept', async () => {
    let written = 0
    endpoint.onRequest = (socket) => {
      socket.write('HTTP/1.1 500 Oops\r\ntransfer-encoding: chunked\r\n\r\n')
      const chunk = `1000\r\n${'x'.repeat(4096)}\r\n`
      const more = (): void => {
        while (!socket.destroyed && written < 50_000_000) {
          written += 4096
          if (!socket.write(chunk)) { socket.once('drain', more); return }
        }
      }
      more()
    }
    const result = await send()
    expect(result).toMatchObject({ outcome: { kind: 'failed', errorClass: 'http' }, status: 500 })
    expect(result.excerpt).toHaveLength(4096)
    expect(written).toBeLessThan(20_000_000)
  })

  test('of a success 1 KiB is kept', async () => {
    endpoint.onRequest = (socket) => { socket.write(`HTTP/1.1 200 OK\r\ncontent-length: 5000\r\n\r\n${'y'.repeat(5000)}`) }
    expect((await send()).excerpt).toHaveLength(1024)
  })

  test('headers over 16 KiB are a failure of the endpoint', async () => {
    endpoint.onRequest = (socket) => { socket.write(`HTTP/1.1 200 OK\r\nx-long: ${'z'.repeat(40_000)}\r\n\r\n`) }
    expect(await send()).toMatchObject({ outcome: { kind: 'failed', errorClass: 'http' }, status: null })
  })

  test('what is no HTTP is a failure of the endpoint', async () => {
    endpoint.onRequest = (socket) => { socket.write('SSH-2.0-OpenSSH_9.6\r\n') }
    expect(await send()).toMatchObject({ outcome: { kind: 'failed', errorClass: 'http' }, status: null })
  })

  test('an interim answer or two are passed over; a flood of them is cut off', async () => {
    endpoint.onRequest = (socket) => { socket.write('HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n') }
    expect(await send()).toMatchObject({ outcome: { kind: 'accepted' }, status: 200 })
    endpoint.onRequest = (socket) => { socket.write('HTTP/1.1 102 Processing\r\n\r\n'.repeat(100)) }
    expect(await send({ timeoutMs: 1_500 })).toMatchObject({ outcome: { kind: 'failed' } })
  })

  test('a connection that was kept open and is closed by the time is replaced at once, at no cost to the delivery', async () => {
    endpoint.onRequest = (socket, requests) => {
      if (requests > 1) socket.resetAndDestroy()
      else socket.write('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n')
    }
    await send()
    expect(await send()).toMatchObject({ outcome: { kind: 'accepted' }, status: 200 })
    expect(endpoint.connections).toBe(2)
  })

  test('an endpoint that resets every connection is not asked a third time', async () => {
    endpoint.onRequest = (socket) => { socket.resetAndDestroy() }
    expect(await send()).toMatchObject({ outcome: { kind: 'failed', errorClass: 'connect' }, status: null })
    expect(endpoint.connections).toBeLessThanOrEqual(2)
  })

  test('a closed port is told as connect, a name that does not exist as dns', async () => {
    const { origin } = endpoint
    await endpoint.stop()
    expect(await send({ origin })).toMatchObject({ outcome: { kind: 'failed', errorClass: 'connect' } })
    expect(await send({ origin: 'http://does-not-exist.invalid' })).toMatchObject({ outcome: { kind: 'failed', errorClass: 'dns' } })
  })

  test('in strict mode a loopback address is refused before a socket is opened', async () => {
    const strict = new Connections(createDialler({ allow: [], strict: true, resolver: systemResolver() }))
    const result = await new Promise<AttemptResult>((resolve) => attempt(strict, { origin: endpoint.origin, path: '/', headers: {}, body: '{}', timeoutMs: 2_000 }, resolve))
    expect(result).toMatchObject({ outcome: { kind: 'failed', errorClass: 'refused_address' } })
    expect(endpoint.connections).toBe(0)
    await strict.close()
  })

  test('compressed answers are not unpacked', async () => {
    endpoint.onRequest = (socket) => { socket.write('HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 4\r\n\r\nzzzz') }
    expect(Buffer.from((await send()).excerpt as Uint8Array).toString()).toBe('zzzz')
  })
})
