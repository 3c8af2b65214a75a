import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { OpenAPIHono } from '@hono/zod-openapi'
import { adminKey, ApiServer, type ApiAnswer } from '../testing/api-server.js'
import { onSqlite } from '../testing/each-database.js'
import { testVault } from '../testing/running-node.js'
import { mountDashboard } from './dashboard.js'
import { Sessions, sessionLifetimeMs } from './sessions.js'

onSqlite('a session', (db) => {
  let api: ApiServer
  beforeEach(async () => { api = await ApiServer.start(db) })
  afterEach(() => api.stop())

  const own = { 'x-posthorn-csrf': '1' }
  const ask = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<ApiAnswer> => api.call(method, path, body, { key: null, headers })
  async function signIn(key = adminKey): Promise<string> {
    const answer = await ask('POST', '/session', { key }, own)
    expect(answer.status).toBe(200)
    return (answer.headers.get('set-cookie') as string).split(';')[0] as string
  }

  test('begins with a key, which the cookie does not show', async () => {
    const answer = await ask('POST', '/session', { key: adminKey }, own)
    expect(answer.body).toMatchObject({ kind: 'admin', scopes: ['admin'] })
    expect(answer.headers.get('set-cookie')).toMatch(/^posthorn_session=v1\.[\w-]+; Path=\/; Max-Age=43200; HttpOnly; SameSite=Strict$/)
    expect((await ask('POST', '/session', { key: 'another' }, own)).body.code).toBe('wrong_key')
  })

  test('reads the API, and reaches no further than its key', async () => {
    await api.givenOrganization('acme')
    await api.givenOrganization('other')
    const cookie = await signIn(await api.givenKey('acme', 'webhooks:read'))
    expect((await ask('GET', '/session', undefined, { cookie })).body).toMatchObject({ kind: 'organization', organization: 'acme' })
    expect((await ask('GET', '/v1/organizations/acme/endpoints', undefined, { cookie })).status).toBe(200)
    expect((await ask('GET', '/v1/organizations/other/endpoints', undefined, { cookie })).status).toBe(404)
    expect((await ask('GET', '/v1/organizations', undefined, { cookie })).status).toBe(403)
  })

  test('changes something only from our own pages', async () => {
    const cookie = await signIn()
    const make = (headers: Record<string, string>) => ask('POST', '/v1/organizations', { name: 'Acme' }, { cookie, ...headers })
    expect((await make({})).body.code).toBe('cross_site')
    expect((await make({ ...own, origin: 'https://evil.example' })).body.code).toBe('cross_site')
    expect((await make({ ...own, origin: 'null' })).body.code).toBe('cross_site')
    expect((await make({ ...own, origin: `http://127.0.0.1:${api.port}` })).status).toBe(201)
    expect((await ask('POST', '/session', { key: adminKey }, { origin: 'https://evil.example', ...own })).body.code).toBe('cross_site')
  })

  test('ends when it is told to, and with the key that it began with', async () => {
    await api.givenOrganization('acme')
    const cookie = await signIn(await api.givenKey('acme', 'webhooks:read'))
    const { body: { data: [key] } } = await api.call('GET', '/v1/organizations/acme/keys')
    await api.call('DELETE', `/v1/organizations/acme/keys/${key.id}`)
    expect((await ask('GET', '/v1/organizations/acme/endpoints', undefined, { cookie })).body.code).toBe('wrong_key')
    expect((await ask('DELETE', '/session', undefined, { ...own, cookie })).headers.get('set-cookie')).toMatch(/^posthorn_session=; .*Max-Age=0/)
  })
})

describe('a session', () => {
  const requestWith = (cookie: string): Request => new Request('http://localhost/v1/organizations', { headers: { cookie } })

  test('is over after twelve hours, and where its cookie was touched', () => {
    let now = 1_000
    const sessions = new Sessions({ vault: testVault, now: () => now })
    const cookie = sessions.begin('the-key').cookie.split(';')[0] as string
    expect(sessions.authorizationOf(requestWith(`a=b; ${cookie}`))).toBe('Bearer the-key')
    expect(sessions.read(requestWith(`${cookie.slice(0, -2)}AA`))).toBe('over')
    now += sessionLifetimeMs
    expect(() => sessions.authorizationOf(requestWith(cookie))).toThrow('The session is over.')
  })

  test('goes only over TLS where the server is reached so, and is changed from the public URL', () => {
    const sessions = new Sessions({ vault: testVault, now: () => 0, publicUrl: 'https://hooks.example' })
    const { cookie } = sessions.begin('the-key')
    expect(cookie).toContain('; Secure')
    const request = new Request('http://10.0.0.7:4000/session', { method: 'POST', headers: { cookie, 'x-posthorn-csrf': '1', origin: 'https://hooks.example' } })
    expect(sessions.authorizationOf(request)).toBe('Bearer the-key')
  })
})

describe('the dashboard is served', () => {
  const file = (type: string) => ({ type, etag: '"1"', bytes: Buffer.from('text'), gzipped: undefined })
  const app = new OpenAPIHono()
  mountDashboard(app, new Map([['/index.html', file('text/html')], ['/assets/index-1.js', file('text/javascript')]]))

  test('under a policy that lets nothing run but its own files', async () => {
    const { headers } = await app.request('/organizations/acme/deliveries/dlv_1')
    expect(headers.get('content-security-policy')).toMatch(/^default-src 'none'; script-src 'self'; style-src 'self'/)
    expect(headers.get('cache-control')).toBe('no-cache')
  })

  test('with assets that are kept for good, and none for what is not there', async () => {
    expect((await app.request('/assets/index-1.js')).headers.get('cache-control')).toContain('immutable')
    expect((await app.request('/assets/index-0.js')).status).toBe(404)
    expect((await app.request('/assets/index-1.js', { headers: { 'if-none-match': '"1"' } })).status).toBe(304)
  })

  test.each(['/v1/nothing', '/webhooks/stripe', '/inspect', '/docs', '/healthz', '/readyz', '/metrics', '/openapi.json', '/api/webhooks'])('and never in the place of %s', async (path) => {
    expect((await app.request(path)).status).toBe(404)
  })
})
