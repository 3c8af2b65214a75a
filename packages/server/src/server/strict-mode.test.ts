import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testCertificate, testKey } from '../dialling/certificate.test.support.js'
import { startDnsServer, type DnsServer } from '../dialling/dns-server.test.support.js'
import { PosthornProcess } from '../testing/posthorn-process.js'
import type { AddressInfo } from 'node:net'

const adminKey = 'an-admin-key-of-more-than-32-characters'

interface Delivery { id: string; state: string }
interface DeliveryDetail extends Delivery { attempts: { status: number | null; errorClass: string | null; error: string | null }[] }

describe('posthorn serve', () => {
  let dns: DnsServer
  let port: number
  const received: string[] = []
  const folder = mkdtempSync(join(tmpdir(), 'posthorn-strict-'))
  const server = createServer({ key: testKey, cert: testCertificate }, (request, response) => {
    received.push(`${request.headers.host} ${request.url}`)
    request.resume().on('end', () => response.end('ok'))
  })

  beforeAll(async () => {
    // The name is public by its looks; where it leads is what counts.
    dns = await startDnsServer((name, type) => name === 'hooks.example' && type === 'A' ? ['127.0.0.1'] : 'no such name')
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    port = (server.address() as AddressInfo).port
    writeFileSync(join(folder, 'authority.pem'), testCertificate)
  })
  afterAll(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
    await dns.close()
    rmSync(folder, { recursive: true, force: true })
  })

  type Ask = (method: string, path: string, body?: unknown) => Promise<{ status: number; body: unknown }>

  /** A server in strict mode with an organization, and how to ask it. */
  async function serve(env: Record<string, string> = {}): Promise<Ask> {
    const posthorn = await PosthornProcess.start(['serve'], {
      folder: mkdtempSync(join(folder, 'data-')),
      env: { POSTHORN_API_KEY: adminKey, POSTHORN_ENCRYPTION_KEY: Buffer.alloc(32, 5).toString('base64'), POSTHORN_DNS_SERVERS: dns.server, NODE_EXTRA_CA_CERTS: join(folder, 'authority.pem'), HOST: '127.0.0.1', ...env },
    })
    running.push(posthorn)
    const ask: Ask = async (method, path, body) => {
      const answer = await fetch(`${posthorn.url}${path}`, { method, headers: { authorization: `Bearer ${adminKey}`, 'content-type': 'application/json' }, ...(body !== undefined && { body: JSON.stringify(body) }) })
      return { status: answer.status, body: await answer.json() }
    }
    await ask('POST', '/v1/organizations', { id: 'acme', name: 'Acme' })
    return ask
  }

  /** The delivery of one event to an endpoint, once it was attempted. */
  async function deliver(ask: Ask, url: string): Promise<DeliveryDetail> {
    expect((await ask('POST', '/v1/organizations/acme/endpoints', { url })).status).toBe(201)
    await ask('POST', '/v1/organizations/acme/events', { type: 'order.created', data: {} })
    for (let tries = 0; tries < 200; tries++) {
      const { data } = (await ask('GET', '/v1/organizations/acme/deliveries')).body as { data: Delivery[] }
      const detail = data[0] === undefined ? undefined : (await ask('GET', `/v1/organizations/acme/deliveries/${data[0].id}`)).body as DeliveryDetail
      if (detail !== undefined && detail.attempts.length > 0) return detail
      await new Promise((resolve) => setTimeout(resolve, 25))
    }
    throw new Error('No attempt was made.')
  }

  const running: PosthornProcess[] = []
  afterAll(async () => { for (const posthorn of running) await posthorn.kill() })

  test('delivers over https to what an allow list opens, by the name servers it was given, with the name proven', async () => {
    const delivery = await deliver(await serve({ POSTHORN_ALLOW_SUBNETS: '127.0.0.0/8' }), `https://hooks.example:${port}/in`)
    expect(delivery).toMatchObject({ state: 'succeeded', attempts: [{ status: 200, errorClass: null }] })
    expect(received).toEqual([`hooks.example:${port} /in`])
    expect(dns.questions).toContain('hooks.example A')
  })

  test('refuses at connect time a name that leads into the own network, and keeps the delivery for later', async () => {
    received.length = 0
    const delivery = await deliver(await serve(), `https://hooks.example:${port}/in`)
    expect(delivery).toMatchObject({ state: 'retrying', attempts: [{ status: null, errorClass: 'refused_address' }] })
    expect(received).toEqual([])
  })

  test('refuses at registration plain http, loopback and metadata addresses in any spelling', async () => {
    const ask = await serve()
    for (const url of ['http://hooks.example/in', 'https://127.0.0.1/in', 'https://169.254.169.254/latest', 'https://[::ffff:127.0.0.1]/in', 'https://2130706433/in']) {
      const { status, body } = await ask('POST', '/v1/organizations/acme/endpoints', { url })
      expect([url, status, (body as { code?: string }).code]).toEqual([url, 422, 'invalid_url'])
    }
  })
})
