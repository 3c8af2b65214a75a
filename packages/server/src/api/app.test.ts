import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { sql } from '../storage/sql.js'
import { adminKey, ApiServer } from '../testing/api-server.js'
import { onEachDatabase } from '../testing/each-database.js'
import { systemClock } from '../time/clock.js'

onEachDatabase('who may do what', (db) => {
  let api: ApiServer
  let ahead = 0
  beforeEach(async () => {
    ahead = 0
    const clock = systemClock()
    api = await ApiServer.start(db, { clock: { ...clock, now: () => clock.now() + ahead } })
    await api.givenOrganization('acme')
    await api.givenOrganization('other')
  })
  afterEach(async () => {
    await api.stop()
    expect(api.bugs).toEqual([])
  })

  test('no key, a wrong key and a key of another shape are 401', async () => {
    const answers = [await api.call('GET', '/v1/organizations', undefined, { key: null })]
    for (const key of ['wrong', `${adminKey}x`, 'x'.repeat(5_000), 'ph_0000000000000000000000000000000000000000000']) answers.push(await api.call('GET', '/v1/organizations', undefined, { key }))
    answers.push(await api.call('GET', '/v1/organizations', undefined, { key: null, headers: { authorization: `Basic ${adminKey}` } }))
    answers.push(await api.call('GET', '/v1/organizations', undefined, { key: null, headers: { authorization: 'Bearer ' } }))
    expect(answers.map(({ status, body }) => [status, body.code])).toEqual([[401, 'missing_key'], ...Array.from({ length: 6 }, () => [401, 'wrong_key'])])
    expect(answers.every(({ headers }) => headers.get('www-authenticate') === 'Bearer')).toBe(true)
    expect((await api.call('GET', '/v1/organizations', undefined, { key: null, headers: { authorization: `bearer  ${adminKey}` } })).status).toBe(200)
  })

  test('a key does what its scopes say, and managing covers reading', async () => {
    const publisher = await api.givenKey('acme', 'events:publish')
    const reader = await api.givenKey('acme', 'webhooks:read')
    const manager = await api.givenKey('acme', 'webhooks:manage')
    const admin = await api.givenKey('acme', 'admin')
    const tries: [string, string, unknown][] = [
      ['POST', '/events', { type: 'a', data: 1 }], ['POST', '/events/batch', { events: [] }], ['GET', '/events', undefined], ['GET', '/endpoints', undefined], ['POST', '/endpoints', { url: 'https://a.example/' }],
      ['GET', '/keys', undefined], ['GET', '', undefined], ['PATCH', '', { name: 'New' }],
    ]
    const allowed = async (key: string) => (await Promise.all(tries.map(([method, path, body]) => api.call(method, `/v1/organizations/acme${path}`, body, { key })))).map(({ status, body }) => status === 403 ? body.code : status < 300)
    const no = 'missing_scope'
    expect(await allowed(publisher)).toEqual([true, true, no, no, no, no, no, no])
    expect(await allowed(reader)).toEqual([no, no, true, true, no, no, true, no])
    expect(await allowed(manager)).toEqual([no, no, true, true, true, true, true, no])
    expect(await allowed(admin)).toEqual([true, true, true, true, true, true, true, true])
    for (const key of [publisher, reader, manager, admin]) {
      expect((await api.call('GET', '/v1/organizations', undefined, { key })).body.code).toBe(no)
      expect((await api.call('POST', '/v1/organizations', { name: 'a' }, { key })).body.code).toBe(no)
    }
  })

  test('another organization\'s objects answer as unknown ones do, to the byte', async () => {
    const key = await api.givenKey('acme', 'admin')
    const foreign = await api.givenEndpoint('other')
    const event = (await api.call('POST', '/v1/organizations/other/events', { type: 'a', data: 1, id: 'theirs' })).body.id
    const foreignKey = (await api.call('POST', '/v1/organizations/other/keys', { name: 'a', scopes: ['admin'] })).body.id
    const paths = ['/other', '/none', '/other/endpoints', '/none/endpoints', `/other/endpoints/${foreign}`, `/acme/endpoints/${foreign}`, '/acme/endpoints/ep_0000999', '/acme/endpoints/nonsense', `/acme/events/${event}`, '/acme/events/none', '/other/events', '/other/keys']
    const answers = await Promise.all(paths.map((path) => api.call('GET', `/v1/organizations${path}`, undefined, { key })))
    answers.push(await api.call('DELETE', `/v1/organizations/acme/keys/${foreignKey}`, undefined, { key }), await api.call('DELETE', '/v1/organizations/acme/keys/nonsense', undefined, { key }))
    for (const [method, path, body] of [['POST', '/other/events', { type: 'a', data: 1 }], ['PATCH', `/acme/endpoints/${foreign}`, { url: 'https://mine.example/' }], ['DELETE', `/acme/endpoints/${foreign}`, undefined], ['POST', `/acme/endpoints/${foreign}/pause`, {}], ['POST', `/acme/endpoints/${foreign}/test`, {}], ['GET', `/acme/endpoints/${foreign}/secret`, undefined], ['POST', `/acme/endpoints/${foreign}/secret/rotate`, {}], ['DELETE', '/other', undefined]] as const) {
      answers.push(await api.call(method, `/v1/organizations${path}`, body, { key }))
    }
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1)
    expect(answers[0]).toMatchObject({ status: 404, body: { code: 'not_found' } })
    expect((await api.call('GET', `/v1/organizations/other/endpoints/${foreign}`)).body).toMatchObject({ state: 'enabled', version: 1 })
  })

  test('what two organizations call the same is not the same', async () => {
    const headers = { 'idempotency-key': 'same' }
    for (const [org, data] of [['acme', 1], ['other', 2]] as const) {
      expect((await api.call('POST', `/v1/organizations/${org}/events`, { type: 'a', data, id: 'same' }, { headers })).status).toBe(202)
      expect((await api.call('POST', `/v1/organizations/${org}/endpoints`, { url: `https://${org}.example/` }, { headers })).status).toBe(201)
    }
    expect((await api.call('GET', '/v1/organizations/other/events/same')).body.data).toBe(2)
  })

  test('a key is shown once, rests as a hash, and ends at once when it is revoked', async () => {
    const { body } = await api.call('POST', '/v1/organizations/acme/keys', { name: 'of the shop', scopes: ['events:publish'] })
    expect(body).toMatchObject({ id: expect.stringMatching(/^key_/), key: expect.stringMatching(/^ph_/), hint: `…${body.key.slice(-4)}`, name: 'of the shop', scopes: ['events:publish'], expiresAt: null })
    expect((await api.call('GET', '/v1/organizations/acme/keys')).text).not.toContain(body.key)
    expect(JSON.stringify(await db.all(sql`select * from api_keys`))).not.toContain(body.key)
    const publish = () => api.call('POST', '/v1/organizations/acme/events', { type: 'a', data: 1 }, { key: body.key })
    expect((await publish()).status).toBe(202)
    expect((await api.call('DELETE', `/v1/organizations/acme/keys/${body.id}`)).status).toBe(204)
    expect(await publish()).toMatchObject({ status: 401, body: { code: 'wrong_key' } })
    expect((await api.call('DELETE', `/v1/organizations/acme/keys/${body.id}`)).status).toBe(404)
    expect((await api.call('GET', '/v1/organizations/acme/keys')).body.data).toEqual([])
  })

  test('a key that another process revoked ends within two seconds', async () => {
    const key = await api.givenKey('acme', 'webhooks:read')
    const read = async () => (await api.call('GET', '/v1/organizations/acme', undefined, { key })).status
    expect(await read()).toBe(200)
    await db.run(sql`update api_keys set revoked_at = ${db.now}`)
    ahead += 2_000
    expect(await read()).toBe(401)
  })

  test('a key ends when its time is over, remembered or not', async () => {
    const { body } = await api.call('POST', '/v1/organizations/acme/keys', { name: 'a', scopes: ['webhooks:read'], expiresAt: new Date(Date.now() + 60_000).toISOString() })
    const read = async () => (await api.call('GET', '/v1/organizations/acme', undefined, { key: body.key })).status
    ahead += 59_500
    expect(await read()).toBe(200)
    ahead += 600
    expect(await read()).toBe(401)
    expect(await api.call('POST', '/v1/organizations/acme/keys', { name: 'a', scopes: ['webhooks:read'], expiresAt: '2020-01-01T00:00:00Z' })).toMatchObject({ status: 422, body: { errors: [{ path: 'expiresAt' }] } })
  })

  test('a key gives only what it has', async () => {
    const key = await api.givenKey('acme', 'webhooks:manage')
    const make = (scopes: string[]) => api.call('POST', '/v1/organizations/acme/keys', { name: 'a', scopes }, { key })
    expect((await make(['webhooks:manage', 'webhooks:read'])).status).toBe(201)
    for (const scope of ['admin', 'events:publish']) expect(await make([scope])).toMatchObject({ status: 403, body: { code: 'missing_scope' } })
    expect(await make(['everything'])).toMatchObject({ status: 422, body: { code: 'invalid_request' } })
    const admin = await api.call('POST', '/v1/organizations/acme/keys', { name: 'a', scopes: ['admin'] })
    expect((await api.call('DELETE', `/v1/organizations/acme/keys/${admin.body.id}`, undefined, { key })).status).toBe(403)
  })

  test('a repeated POST of a key shows the same key, which rests sealed', async () => {
    const headers = { 'idempotency-key': 'k1' }
    const first = await api.call('POST', '/v1/organizations/acme/keys', { name: 'a', scopes: ['webhooks:read'] }, { headers })
    expect((await api.call('POST', '/v1/organizations/acme/keys', { name: 'a', scopes: ['webhooks:read'] }, { headers })).text).toBe(first.text)
    expect(JSON.stringify(await db.all(sql`select * from idempotent_answers`))).not.toContain(first.body.key)
    expect((await api.call('GET', '/v1/organizations/acme', undefined, { key: first.body.key })).status).toBe(200)
  })
})

onEachDatabase('the API as such', (db) => {
  let api: ApiServer
  beforeEach(async () => { api = await ApiServer.start(db) })
  afterEach(async () => {
    await api.stop()
    expect(api.bugs).toEqual([])
  })

  test('health, readiness and metrics ask for no key', async () => {
    expect(await api.call('GET', '/healthz', undefined, { key: null })).toMatchObject({ status: 200, body: { status: 'ok', roles: ['api', 'dispatch', 'deliver', 'consume', 'housekeeping'] } })
    expect(await api.call('GET', '/readyz', undefined, { key: null })).toMatchObject({ status: 200, body: { status: 'ready' } })
    expect(await api.call('GET', '/metrics', undefined, { key: null })).toMatchObject({ status: 200, text: 'posthorn_up 1\n' })
    expect((await api.call('HEAD', '/healthz', undefined, { key: null })).status).toBe(200)
  })

  test('unknown paths are 404, other methods 405 with what is possible, OPTIONS tells it', async () => {
    expect(await api.call('GET', '/v1/nothing')).toMatchObject({ status: 404, body: { code: 'not_found' } })
    expect(await api.call('GET', '/v1/organizations/')).toMatchObject({ status: 404, body: { code: 'not_found' } })
    const put = await api.call('PUT', '/v1/organizations/acme', {})
    expect(put).toMatchObject({ status: 405, body: { code: 'method_not_allowed' } })
    expect(put.headers.get('allow')).toBe('GET, HEAD, PATCH, DELETE, OPTIONS')
    const options = await api.call('OPTIONS', '/v1/organizations', undefined, { key: null })
    expect([options.status, options.headers.get('allow')]).toEqual([204, 'POST, GET, HEAD, OPTIONS'])
  })

  test('odd JSON in any request is refused with its code', async () => {
    const bad: [string, number, string][] = [
      ['', 400, 'not_json'], ['{"name":"a",}', 400, 'not_json'], ['[]', 422, 'invalid_request'], ['"name"', 422, 'invalid_request'], ['{"name":"a","name":"b"}', 422, 'repeated_field'],
      [`{"name":${'['.repeat(100)}${']'.repeat(100)}}`, 422, 'too_deep'], [`{"name":"${'x'.repeat(600_000)}"}`, 413, 'too_large'], ['{"name":"a","__proto__":{"x":1}}', 422, 'unknown_field'], ['{"name":"a","constructor":1}', 422, 'unknown_field'],
    ]
    for (const [body, status, code] of bad) expect.soft(await api.call('POST', '/v1/organizations', body), body.slice(0, 60)).toMatchObject({ status, body: { status, code } })
  })

  test('limits and cursors are checked', async () => {
    for (const query of ['limit=201', 'limit=0', 'limit=-1', 'limit=1.5', 'limit=many', 'limit=', 'after=nonsense']) expect.soft(await api.call('GET', `/v1/organizations?${query}`), query).toMatchObject({ status: 422, body: { code: 'invalid_request' } })
    expect(await api.call('GET', '/v1/organizations?colour=red')).toMatchObject({ status: 422, body: { code: 'unknown_field', errors: [{ path: 'colour' }] } })
    expect((await api.call('GET', '/v1/organizations?limit=200')).status).toBe(200)
  })

  test('odd paths are not found, and never a fault', async () => {
    for (const path of ['/v1/organizations/%', '/v1/organizations/%00', '/v1/organizations/%ff/events', '/v1/organizations/..%2f..', '/v1/organizations/__proto__', '/v1/organizations/~1~acme', `/v1/organizations/${'x'.repeat(5_000)}`, '/v1/organizations/acme;x', '//v1']) {
      expect.soft(await api.call('GET', path), path).toMatchObject({ status: 404, body: { code: 'not_found' } })
    }
  })

  test('what is no request is answered with a problem', async () => {
    const send = async (raw: string) => {
      const socket = connect(api.port, '127.0.0.1')
      socket.end(raw)
      return text(socket)
    }
    const large = await send(`GET /healthz HTTP/1.1\r\nhost: a\r\nx-large: ${'x'.repeat(20_000)}\r\n\r\n`)
    expect(large).toMatch(/^HTTP\/1\.1 431 [^]*application\/problem\+json[^]*"code":"headers_too_large"/)
    expect(await send('nonsense\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 [^]*"code":"malformed_request"/)
    expect(await send('GET /healthz HTTP/1.1\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 [^]*"code":"malformed_request"/)
    expect(await send('GET \\x HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 [^]*"code":"malformed_request"/)
  })

  test('the OpenAPI document has every path, with the schemas that check', async () => {
    const { body } = await api.call('GET', '/openapi.json', undefined, { key: null })
    expect(body.openapi).toBe('3.1.0')
    expect(Object.keys(body.paths)).toEqual(expect.arrayContaining(['/v1/organizations', '/v1/organizations/{org}/endpoints/{endpoint}/secret/rotate/finish', '/v1/organizations/{org}/events', '/v1/organizations/{org}/events/batch', '/v1/organizations/{org}/keys/{key}']))
    expect(body.components.schemas.NewEvent).toMatchObject({ required: ['type', 'data'], additionalProperties: false })
  })
})
