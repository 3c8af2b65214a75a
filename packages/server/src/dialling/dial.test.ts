import { once } from 'node:events'
import http, { type RequestListener, type Server } from 'node:http'
import https from 'node:https'
import { connect, createServer, type AddressInfo, type Server as TcpServer, type Socket } from 'node:net'
import { createSecureContext, type TLSSocket } from 'node:tls'
import { Worker } from 'node:worker_threads'
import { Agent, request } from 'undici'
import { afterEach, describe, expect, onTestFinished, test } from 'vitest'
import { parseAllowList } from './address.js'
import { testCertificate, testKey } from './certificate.test.support.js'
import { createDialler, type DiallerOptions } from './dial.js'
import { startDnsServer, type DnsAnswer, type DnsServer } from './dns-server.test.support.js'
import { dnsServersResolver, systemResolver } from './resolver.js'

let dns: DnsServer | undefined
afterEach(async () => {
  await dns?.close()
  dns = undefined
})

describe('dialling a name', () => {
  test('reaches a public or allowed address that it resolves to', async () => {
    const port = await serve(http.createServer(echo))
    const agent = await dialling({ 'hooks.example A': ['127.0.0.1'] }, { allowed: '127.0.0.0/8' })
    const answer = await request(`http://hooks.example:${port}/a?b`, { dispatcher: agent })
    expect(await answer.body.json()).toMatchObject({ host: `hooks.example:${port}`, url: '/a?b' })
  })

  test.each<[string, Record<string, DnsAnswer>]>([
    ['loopback', { 'hooks.example A': ['127.0.0.1'] }],
    ['loopback over IPv6', { 'hooks.example AAAA': ['::1'] }],
    ['a private network', { 'hooks.example A': ['10.0.0.1'] }],
    ['cloud metadata', { 'hooks.example A': ['169.254.169.254'] }],
    ['cloud metadata over IPv6', { 'hooks.example AAAA': ['fd00:ec2::254'] }],
    ['the host of an Azure machine', { 'hooks.example A': ['168.63.129.16'] }],
    ['any address of this machine', { 'hooks.example A': ['0.0.0.0'] }],
    ['a mapped address', { 'hooks.example AAAA': ['::ffff:127.0.0.1'] }],
    ['a NAT64 address of a private one', { 'hooks.example AAAA': ['64:ff9b::a00:1'] }],
    ['a good and a bad address', { 'hooks.example A': ['1.1.1.1', '10.0.0.1'] }],
    ['a good address and a bad one of the other family', { 'hooks.example A': ['1.1.1.1'], 'hooks.example AAAA': ['::1'] }],
  ])('is refused when it resolves to %s', async (_name, answers) => {
    const agent = await dialling(answers)
    await expect(request('http://hooks.example/', { dispatcher: agent })).rejects.toMatchObject({ code: 'refused_address', errorClass: 'refused_address', message: expect.stringContaining('hooks.example') })
  })

  test('is refused even beside an allowed address, and nobody is connected to', async () => {
    let connections = 0
    const port = await serve(http.createServer(echo).on('connection', () => { connections += 1 }))
    const agent = await dialling({ 'hooks.example A': ['127.0.0.1', '192.168.0.1'] }, { allowed: '127.0.0.0/8' })
    await expect(request(`http://hooks.example:${port}/`, { dispatcher: agent })).rejects.toMatchObject({ code: 'refused_address' })
    expect(connections).toBe(0)
  })

  test('never lets a range of IPv4 stand for a mapped address', async () => {
    const agent = await dialling({ 'hooks.example AAAA': ['::ffff:127.0.0.1'] }, { allowed: '127.0.0.0/8' })
    await expect(request('http://hooks.example/', { dispatcher: agent })).rejects.toMatchObject({ code: 'refused_address' })
  })

  test('does not tell what the name resolves to', async () => {
    const agent = await dialling({ 'hooks.example A': ['10.11.12.13'] })
    const error: unknown = await request('http://hooks.example/', { dispatcher: agent }).catch((reason: unknown) => reason)
    expect(String(error)).not.toContain('10.11')
  })

  test('looks it up once and dials what it was told, whatever DNS says later', async () => {
    let answers = 0
    dns = await startDnsServer((_name, type) => type === 'A' ? [answers++ === 0 ? '127.0.0.1' : '127.0.0.9'] : [])
    const port = await serve(http.createServer(echo))
    const agent = agentWith({ strict: true, resolver: dnsServersResolver([dns.server]), allowed: '127.0.0.1' })
    const answer = await request(`http://hooks.example:${port}/`, { dispatcher: agent })
    expect(await answer.body.json()).toMatchObject({ to: '127.0.0.1' })
    expect(dns.questions.toSorted()).toEqual(['hooks.example A', 'hooks.example AAAA'])
  })

  test('is judged anew for every connection, so a name that turns bad is refused', async () => {
    let answers = 0
    dns = await startDnsServer((_name, type) => type === 'A' ? [answers++ === 0 ? '127.0.0.1' : '10.0.0.1'] : [])
    const port = await serve(http.createServer((_request, response) => response.setHeader('connection', 'close').end()))
    const agent = agentWith({ strict: true, resolver: dnsServersResolver([dns.server]), allowed: '127.0.0.0/8' })
    await request(`http://hooks.example:${port}/`, { dispatcher: agent }).then(({ body }) => body.dump())
    await expect(request(`http://hooks.example:${port}/`, { dispatcher: agent })).rejects.toMatchObject({ code: 'refused_address' })
  })

  test('goes on to the next address where the first is closed', async () => {
    const port = await serve(http.createServer(echo))
    const agent = await dialling({ 'hooks.example A': ['127.0.0.2', '127.0.0.1'] }, { allowed: '127.0.0.0/8' })
    const answer = await request(`http://hooks.example:${port}/`, { dispatcher: agent })
    expect(await answer.body.json()).toMatchObject({ to: '127.0.0.1' })
  })

  test('leaves time for the next address where the first is silent', async () => {
    const { port } = await silentListener('127.0.0.1')
    await serve(http.createServer(echo), { port, host: '127.0.0.2' })
    const agent = await dialling({ 'hooks.example A': ['127.0.0.1', '127.0.0.2'] }, { allowed: '127.0.0.0/8', connectTimeoutMs: 800 })
    const answer = await request(`http://hooks.example:${port}/`, { dispatcher: agent })
    expect(await answer.body.json()).toMatchObject({ to: '127.0.0.2' })
  })

  test('works with a last dot', async () => {
    const port = await serve(http.createServer(echo))
    const agent = await dialling({ 'hooks.example A': ['127.0.0.1'] }, { allowed: '127.0.0.0/8' })
    expect((await request(`http://hooks.example.:${port}/`, { dispatcher: agent })).statusCode).toBe(200)
    expect(dns?.questions).toContain('hooks.example A')
  })
})

describe('an address in the URL', () => {
  test.each(['127.0.0.1', '0x7f.1', '2130706433', '127.0.0.1.', '[::1]', '[::ffff:127.0.0.1]', '[::]', '0.0.0.0', '10.0.0.1', '169.254.169.254', '[fd00:ec2::254]', '[64:ff9b::7f00:1]'])('%s is judged the same, without any look-up', async (host) => {
    const agent = await dialling({})
    await expect(request(`http://${host}:8080/`, { dispatcher: agent })).rejects.toMatchObject({ code: 'refused_address' })
    expect(dns?.questions).toEqual([])
  })

  test('is dialled when the allow list has it', async () => {
    const port = await serve(http.createServer(echo))
    const agent = await dialling({}, { allowed: '127.0.0.0/8' })
    const answer = await request(`http://127.0.0.1:${port}/`, { dispatcher: agent })
    expect(await answer.body.json()).toMatchObject({ to: '127.0.0.1' })
    expect(dns?.questions).toEqual([])
  })
})

describe('a development server', () => {
  test.each(['localhost', 'app.localhost', '127.0.0.1'])('dials itself as %s', async (host) => {
    const port = await serve(http.createServer(echo))
    const agent = agentWith({ strict: false, resolver: systemResolver() })
    expect((await request(`http://${host}:${port}/`, { dispatcher: agent })).statusCode).toBe(200)
  })

  test('does not dial a private network', async () => {
    const agent = await dialling({ 'hooks.example A': ['10.0.0.1'] }, { strict: false })
    await expect(request('http://hooks.example/', { dispatcher: agent })).rejects.toMatchObject({ code: 'refused_address' })
  })
})

describe('TLS', () => {
  const ours = createSecureContext({ ca: testCertificate })

  test('asks for the name, speaks HTTP/1.1, and resumes its session', async () => {
    const seen: { servername: unknown; protocol: unknown; resumed: boolean }[] = []
    const port = await serve(https.createServer({ key: testKey, cert: testCertificate }, (incoming, response) => {
      const socket = incoming.socket as TLSSocket & { servername?: unknown }
      seen.push({ servername: socket.servername, protocol: socket.alpnProtocol, resumed: socket.isSessionReused() })
      response.setHeader('connection', 'close').end('ok')
    }))
    const agent = await dialling({ 'hooks.example A': ['127.0.0.1'] }, { allowed: '127.0.0.0/8', secureContext: ours })
    for (let round = 0; round < 2; round += 1) await request(`https://hooks.example:${port}/`, { dispatcher: agent }).then(({ body }) => body.text())
    expect(seen).toEqual([
      { servername: 'hooks.example', protocol: 'http/1.1', resumed: false },
      { servername: 'hooks.example', protocol: 'http/1.1', resumed: true },
    ])
  })

  test.each(['TLSv1.2', 'TLSv1.3'] as const)('a session of one name (%s) is never used to skip proving another', async (version) => {
    const port = await serve(https.createServer({ key: testKey, cert: testCertificate, maxVersion: version }, (_request, response) => response.setHeader('connection', 'close').end('ok')))
    const agent = await dialling({ 'hooks.example A': ['127.0.0.1'], 'other.example A': ['127.0.0.1'] }, { allowed: '127.0.0.0/8', secureContext: ours })
    await request(`https://hooks.example:${port}/`, { dispatcher: agent }).then(({ body }) => body.text())
    for (let round = 0; round < 2; round += 1) {
      await expect(request(`https://other.example:${port}/`, { dispatcher: agent })).rejects.toMatchObject({ errorClass: 'tls', cause: { code: 'ERR_TLS_CERT_ALTNAME_INVALID' } })
    }
  })

  test('proves an address by the certificate too', async () => {
    const port = await serve(https.createServer({ key: testKey, cert: testCertificate }, (_request, response) => response.end('ok')), { host: '0.0.0.0' })
    const agent = await dialling({}, { allowed: '127.0.0.0/8', secureContext: ours })
    expect((await request(`https://127.0.0.1:${port}/`, { dispatcher: agent })).statusCode).toBe(200)
    await expect(request(`https://127.0.0.2:${port}/`, { dispatcher: agent })).rejects.toMatchObject({ errorClass: 'tls' })
  })

  test('refuses a certificate that nobody vouches for', async () => {
    const port = await serve(https.createServer({ key: testKey, cert: testCertificate }))
    const agent = await dialling({ 'hooks.example A': ['127.0.0.1'] }, { allowed: '127.0.0.0/8' })
    await expect(request(`https://hooks.example:${port}/`, { dispatcher: agent })).rejects.toMatchObject({ errorClass: 'tls', cause: { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' } })
  })

  test('a wrong certificate is an answer: no further address is tried', async () => {
    let connections = 0
    const port = await serve(https.createServer({ key: testKey, cert: testCertificate }).on('connection', () => { connections += 1 }), { host: '0.0.0.0' })
    const agent = await dialling({ 'other.example A': ['127.0.0.1', '127.0.0.2'] }, { allowed: '127.0.0.0/8', secureContext: ours })
    await expect(request(`https://other.example:${port}/`, { dispatcher: agent })).rejects.toMatchObject({ errorClass: 'tls' })
    expect(connections).toBe(1)
  })
})

describe('why there is no connection is told apart', () => {
  test('dns: the name does not exist', async () => {
    const agent = await dialling({ 'hooks.example A': 'no such name', 'hooks.example AAAA': 'no such name' })
    await expect(request('http://hooks.example/', { dispatcher: agent })).rejects.toMatchObject({ errorClass: 'dns', message: 'The name hooks.example has no address in DNS (ENOTFOUND).' })
  })
  test('dns: nobody answers the question in time', async () => {
    const agent = await dialling({ 'hooks.example A': 'silence', 'hooks.example AAAA': 'silence' }, { connectTimeoutMs: 100 })
    await expect(request('http://hooks.example/', { dispatcher: agent })).rejects.toMatchObject({ errorClass: 'dns', message: 'No DNS server answered for the name hooks.example in time.' })
  })
  test('connect: nobody listens', async () => {
    const port = await closedPort()
    const agent = await dialling({ 'hooks.example A': ['127.0.0.1'] }, { allowed: '127.0.0.0/8' })
    await expect(request(`http://hooks.example:${port}/`, { dispatcher: agent })).rejects.toMatchObject({ errorClass: 'connect', message: 'hooks.example could not be connected to (ECONNREFUSED).', cause: { code: 'ECONNREFUSED' } })
  })
  test('timeout: nobody takes the connection', async () => {
    const { port } = await silentListener('127.0.0.1')
    const agent = await dialling({ 'hooks.example A': ['127.0.0.1'] }, { allowed: '127.0.0.0/8', connectTimeoutMs: 200 })
    await expect(request(`http://hooks.example:${port}/`, { dispatcher: agent })).rejects.toMatchObject({ errorClass: 'timeout', message: 'hooks.example did not answer the connection in time.' })
  })
  test('timeout: the TLS handshake is never finished', async () => {
    const port = await serve(createServer(() => {}))
    const agent = await dialling({ 'hooks.example A': ['127.0.0.1', '127.0.0.2'] }, { allowed: '127.0.0.0/8', connectTimeoutMs: 200 })
    await expect(request(`https://hooks.example:${port}/`, { dispatcher: agent })).rejects.toMatchObject({ errorClass: 'timeout', message: 'hooks.example did not finish the TLS handshake in time.' })
  })
  test('tls: the server speaks something else', async () => {
    const port = await serve(http.createServer(echo))
    const agent = await dialling({ 'hooks.example A': ['127.0.0.1'] }, { allowed: '127.0.0.0/8' })
    await expect(request(`https://hooks.example:${port}/`, { dispatcher: agent })).rejects.toMatchObject({ errorClass: 'tls' })
  })
  test('tls: the server hangs up in the handshake', async () => {
    const port = await serve(createServer((socket) => socket.destroy()))
    const agent = await dialling({ 'hooks.example A': ['127.0.0.1'] }, { allowed: '127.0.0.0/8' })
    await expect(request(`https://hooks.example:${port}/`, { dispatcher: agent })).rejects.toMatchObject({ errorClass: 'tls', message: expect.stringContaining('ECONNRESET') })
  })
})

test('a time to connect of more than five seconds is five', async () => {
  const { port } = await silentListener('127.0.0.1')
  const agent = await dialling({ 'hooks.example A': ['127.0.0.1'] }, { allowed: '127.0.0.0/8', connectTimeoutMs: 60_000 })
  const startedAt = performance.now()
  await expect(request(`http://hooks.example:${port}/`, { dispatcher: agent })).rejects.toMatchObject({ errorClass: 'timeout' })
  expect(performance.now() - startedAt).toBeLessThan(6_000)
})

async function dialling(answers: Record<string, DnsAnswer>, options: Partial<DiallerOptions> & { allowed?: string } = {}): Promise<Agent> {
  dns = await startDnsServer((name, type) => answers[`${name} ${type}`] ?? [])
  return agentWith({ strict: true, resolver: dnsServersResolver([dns.server]), ...options })
}

function agentWith({ allowed = '', ...options }: Omit<DiallerOptions, 'allow'> & { allowed?: string }): Agent {
  const list = parseAllowList(allowed)
  if (!list.ok) throw new Error(list.message)
  const agent = new Agent({ connect: createDialler({ ...options, allow: list.allow }) })
  onTestFinished(() => agent.destroy())
  return agent
}

const echo: RequestListener = (incoming, response) => {
  response.end(JSON.stringify({ host: incoming.headers.host, url: incoming.url, to: incoming.socket.localAddress }))
}

async function serve(server: Server | TcpServer, { port = 0, host = '127.0.0.1' } = {}): Promise<number> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    socket.on('error', () => {})
    sockets.add(socket)
  })
  server.listen(port, host)
  await once(server, 'listening')
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

async function closedPort(): Promise<number> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  await new Promise((done) => { server.close(done) })
  return port
}

/** Listens, but never takes a connection: its thread sleeps, and the system's queue in front of it is full. */
async function silentListener(host: string): Promise<{ port: number }> {
  const worker = new Worker(`
    const { parentPort } = require('node:worker_threads')
    const server = require('node:net').createServer().listen({ port: 0, host: ${JSON.stringify(host)}, backlog: 1 }, () => {
      parentPort.postMessage(server.address().port)
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
    })`, { eval: true })
  const [port] = await once(worker, 'message') as [number]

  const fillers: Socket[] = []
  onTestFinished(async () => {
    for (const filler of fillers) filler.destroy()
    await worker.terminate()
  })
  for (let isTaken = true; isTaken;) {
    if (fillers.length > 64) throw new Error('This system takes every connection; nothing can be silent here.')
    const filler = connect({ port, host }).on('error', () => {})
    fillers.push(filler)
    isTaken = await Promise.race([once(filler, 'connect').then(() => true), new Promise<boolean>((done) => { setTimeout(() => done(false), 150) })])
  }
  return { port }
}
