import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { sql } from '../../storage/sql.js'
import { ApiServer } from '../../testing/api-server.js'
import { onEachDatabase } from '../../testing/each-database.js'
import { Sink } from '../../testing/sink.js'

onEachDatabase('endpoints over HTTP', (db) => {
  let api: ApiServer
  const path = '/v1/organizations/acme/endpoints'
  beforeEach(async () => {
    api = await ApiServer.start(db)
    await api.givenOrganization('acme', { catalog: 'bare-commerce' })
  })
  afterEach(async () => {
    await api.stop()
    expect(api.bugs).toEqual([])
  })

  test('an endpoint follows its organization, and its secret is shown when it is made', async () => {
    const { status, body } = await api.call('POST', path, { url: 'https://receiver.example/hook' })
    expect(status).toBe(201)
    const { secret, ...shown } = body
    expect(secret).toMatch(/^whsec_/)
    expect(shown).toMatchObject({
      id: expect.stringMatching(/^ep_/), url: 'https://receiver.example/hook', description: '', eventTypes: ['*'], format: 'bare-commerce', headers: {}, timeoutSeconds: null, ratePerSecond: null,
      ordered: false, retryPolicy: 'bare-commerce', secondSignature: null, inherits: ['format', 'retryPolicy'], managed: null, state: 'enabled', disabledReason: null, version: 1, secretHint: `…${secret.slice(-4)}`,
    })
    expect((await api.call('GET', `${path}/${shown.id}`)).body).toEqual(shown)
    expect((await api.call('GET', `${path}/${shown.id}/secret`)).body).toEqual({ secret })
  })

  test('it may say everything itself, and change it', async () => {
    const wish = {
      url: 'https://receiver.example/hook', description: 'Orders', eventTypes: ['order.*', 'product.created'], format: 'stripe', headers: { 'x-tenant': 'a', authorization: 'Basic abc' },
      timeoutSeconds: 2.5, ratePerSecond: 0.5, ordered: true, retryPolicy: { exponential: { first: '5s', factor: 2, max: '1h', attempts: 8 } },
    }
    const { body } = await api.call('POST', path, { ...wish, secret: 'my own secret of before', secondSignature: { format: 'github', secret: 'another' } })
    expect(body).toMatchObject({ ...wish, secret: 'my own secret of before', secondSignature: { format: 'github' }, inherits: [] })
    const changed = await api.call('PATCH', `${path}/${body.id}`, { description: null, timeoutSeconds: null, eventTypes: null, retryPolicy: null, headers: { 'x-tenant': 'b' }, secondSignature: null, ordered: false })
    expect(changed.body).toMatchObject({ url: wish.url, description: '', timeoutSeconds: null, eventTypes: ['*'], retryPolicy: 'bare-commerce', format: 'stripe', headers: { 'x-tenant': 'b' }, secondSignature: null, ordered: false, ratePerSecond: 0.5, version: 2, inherits: ['retryPolicy'] })
  })

  test('who may only read sees no credential in the headers, and no secret', async () => {
    const id = await api.givenEndpoint('acme', { headers: { 'x-tenant': 'a', authorization: 'Basic abc', 'x-api-key': 'def' } })
    const key = await api.givenKey('acme', 'webhooks:read')
    expect((await api.call('GET', `${path}/${id}`, undefined, { key })).body.headers).toEqual({ 'x-tenant': 'a', authorization: '••••', 'x-api-key': '••••' })
    expect(await api.call('GET', `${path}/${id}/secret`, undefined, { key })).toMatchObject({ status: 403, body: { code: 'missing_scope' } })
    expect((await api.call('GET', path, undefined, { key })).text).not.toContain('Basic')
  })

  test('every change raises its version and that of the whole set, and wakes its lane', async () => {
    const id = await api.givenEndpoint('acme')
    const versions = async () => await db.first<{ version: number; endpoints_version: number }>(wakeUps) as { version: number; endpoints_version: number }
    const before = await versions()
    for (const [method, rest, body] of [['PATCH', '', { description: 'x' }], ['POST', '/pause', {}], ['POST', '/resume', {}], ['POST', '/secret/rotate', {}], ['POST', '/secret/rotate/finish', {}], ['DELETE', '', undefined]] as const) {
      expect((await api.call(method, `${path}/${id}${rest}`, body)).status).toBeLessThan(300)
    }
    expect(await versions()).toMatchObject({ version: before.version + 6, endpoints_version: before.endpoints_version + 6 })
  })

  test('pause, resume and enable go between the states, and say where they cannot', async () => {
    const id = await api.givenEndpoint('acme')
    const states: unknown[] = []
    for (const action of ['pause', 'pause', 'resume', 'resume', 'enable']) states.push((await api.call('POST', `${path}/${id}/${action}`)).body.state)
    expect(states).toEqual(['paused', 'paused', 'enabled', 'enabled', 'enabled'])
    await db.run(disableAll)
    expect((await api.call('GET', `${path}/${id}`)).body).toMatchObject({ state: 'disabled', disabledReason: 'failing' })
    for (const action of ['pause', 'resume']) expect(await api.call('POST', `${path}/${id}/${action}`)).toMatchObject({ status: 409, body: { code: 'conflict' } })
    expect((await api.call('POST', `${path}/${id}/enable`)).body).toMatchObject({ state: 'enabled', disabledReason: null })
  })

  test('a secret is replaced with an overlap, which ends by itself or is ended', async () => {
    const { body: { id, secret } } = await api.call('POST', path, { url: 'https://receiver.example/hook' })
    const rotated = await api.call('POST', `${path}/${id}/secret/rotate`, { overlapSeconds: 60, secret: 'a new one, brought along' })
    expect(rotated).toMatchObject({ status: 200, body: { secret: 'a new one, brought along', previousSecret: secret } })
    expect(Date.parse(rotated.body.overlapEndsAt) - Date.now()).toBeGreaterThan(50_000)
    expect(await api.call('POST', `${path}/${id}/secret/rotate`)).toMatchObject({ status: 409, body: { code: 'conflict' } })
    expect((await api.call('POST', `${path}/${id}/secret/rotate/finish`)).body).toEqual({ secret: 'a new one, brought along' })
    const atOnce = await api.call('POST', `${path}/${id}/secret/rotate`, { overlapSeconds: 0 })
    expect(atOnce.body).toEqual({ secret: expect.stringMatching(/^whsec_/) })
  })

  test('a repeated rotation with its Idempotency-Key rotates once', async () => {
    const id = await api.givenEndpoint('acme')
    const headers = { 'idempotency-key': 'r1' }
    const first = await api.call('POST', `${path}/${id}/secret/rotate`, {}, { headers })
    expect((await api.call('POST', `${path}/${id}/secret/rotate`, {}, { headers })).text).toBe(first.text)
    expect(await api.call('POST', `${path}/${id}/secret/rotate`, { overlapSeconds: 5 }, { headers })).toMatchObject({ status: 422, body: { code: 'idempotency_conflict' } })
  })

  test('a repeated POST makes one endpoint with one secret, and no secret rests in the clear', async () => {
    const headers = { 'idempotency-key': 'e1' }
    const body = { url: 'https://receiver.example/hook', headers: { authorization: 'Basic dGVzdA' }, secondSignature: { format: 'github', secret: 'second secret' } }
    const first = await api.call('POST', path, body, { headers })
    expect((await api.call('POST', path, body, { headers })).text).toBe(first.text)
    expect((await api.call('GET', path)).body.data).toHaveLength(1)
    const rows = JSON.stringify([await db.all(everyEndpoint), await db.all(everyAnswer)])
    for (const secret of [first.body.secret, 'Basic dGVzdA', 'second secret']) expect(rows).not.toContain(secret)
  })

  test('a deleted endpoint is gone for the API, and what waited for it is discarded', async () => {
    const sink = await Sink.start()
    try {
      sink.answerWith(500)
      const id = await api.givenEndpoint('acme', { url: sink.url() })
      for (let n = 0; n < 3; n++) await api.call('POST', '/v1/organizations/acme/events', { type: 'order.created', data: n })
      await sink.until(3)
      expect((await api.call('DELETE', `${path}/${id}`)).status).toBe(204)
      expect((await api.call('DELETE', `${path}/${id}`)).status).toBe(404)
      expect((await api.call('GET', path)).body.data).toEqual([])
      await expect.poll(async () => {
        await api.node.store.command('discardForDeletedEndpoints', { limit: 500 })
        return (await db.all<{ state: number }>(everyDelivery)).map(({ state }) => state)
      }, { timeout: 5_000 }).toEqual([4, 4, 4])
    } finally {
      await sink.stop()
    }
  })

  test('a test event goes to that endpoint alone, with the example of its first type', async () => {
    const [one, other] = [await Sink.start(), await Sink.start()]
    try {
      const id = await api.givenEndpoint('acme', { url: one.url(), eventTypes: ['product.created'] })
      await api.givenEndpoint('acme', { url: other.url() })
      const answer = await api.call('POST', `${path}/${id}/test`)
      expect(answer).toMatchObject({ status: 202, body: { eventType: 'product.created' } })
      const [received] = await one.until(1)
      expect(received?.id).toBe(answer.body.id)
      expect(await api.call('POST', `${path}/${id}/test`, { eventType: 'anything.else' })).toMatchObject({ status: 202, body: { eventType: 'anything.else' } })
      await one.until(2)
      expect(other.received).toEqual([])
      expect((await api.call('GET', `/v1/organizations/acme/events/${answer.body.id}`)).body).toMatchObject({ origin: 'test', test: true })
      await api.call('POST', `${path}/${id}/pause`)
      expect(await api.call('POST', `${path}/${id}/test`)).toMatchObject({ status: 409, body: { code: 'endpoint_not_enabled' } })
    } finally {
      await one.stop()
      await other.stop()
    }
  })

  test('lists come in pages', async () => {
    const ids = [await api.givenEndpoint('acme'), await api.givenEndpoint('acme'), await api.givenEndpoint('acme')]
    const first = await api.call('GET', `${path}?limit=2`)
    const second = await api.call('GET', `${path}?limit=2&after=${first.body.next}`)
    expect([...first.body.data, ...second.body.data].map(({ id }: { id: string }) => id)).toEqual(ids)
  })

  test('what is wrong is refused by its code, telling where, and nothing is stored', async () => {
    const good = { url: 'https://receiver.example/hook' }
    const wrong: [object, string, string][] = [
      [{}, 'invalid_request', 'url'], [{ url: 5 }, 'invalid_request', 'url'], [{ ...good, colour: 1 }, 'unknown_field', 'colour'], [{ ...good, state: 'paused' }, 'unknown_field', 'state'],
      [{ ...good, secondSignature: { format: 'github', colour: 1 } }, 'unknown_field', 'secondSignature.colour'],
      [{ ...good, eventTypes: [] }, 'invalid_request', 'eventTypes'], [{ ...good, eventTypes: ['order.*.created'] }, 'invalid_request', 'eventTypes.0'], [{ ...good, eventTypes: ['ok', 'a b'] }, 'invalid_request', 'eventTypes.1'], [{ ...good, eventTypes: 'order.*' }, 'invalid_request', 'eventTypes'],
      [{ ...good, format: 'none' }, 'invalid_request', 'format'], [{ ...good, timeoutSeconds: 31 }, 'invalid_request', 'timeoutSeconds'], [{ ...good, timeoutSeconds: 0 }, 'invalid_request', 'timeoutSeconds'], [{ ...good, ratePerSecond: 0 }, 'invalid_request', 'ratePerSecond'],
      [{ ...good, ordered: 'yes' }, 'invalid_request', 'ordered'], [{ ...good, retryPolicy: 'none' }, 'invalid_retry_policy', 'retryPolicy'], [{ ...good, retryPolicy: { schedule: ['1x'] } }, 'invalid_retry_policy', 'retryPolicy'],
      [{ ...good, headers: { 'x-a': 'a\r\nb: c' } }, 'invalid_headers', 'headers'], [{ ...good, headers: { host: 'a' } }, 'invalid_headers', 'headers'], [{ ...good, headers: { 'webhook-id': 'a' } }, 'invalid_headers', 'headers'], [{ ...good, headers: { 'x-a': 5 } }, 'invalid_request', 'headers.x-a'],
      [{ ...good, format: 'standard', secret: 'no prefix' }, 'invalid_secret', 'secret'], [{ ...good, secret: ' padded' }, 'invalid_secret', 'secret'], [{ ...good, secret: '' }, 'invalid_secret', 'secret'],
      [{ ...good, secondSignature: { format: 'bare-commerce' } }, 'invalid_request', 'secondSignature.format'], [{ ...good, secondSignature: { format: 'standard', secret: 'short' } }, 'invalid_secret', 'secondSignature.secret'],
      [{ url: 'nonsense' }, 'invalid_url', 'url'], [{ url: 'https://user:pass@a.example/' }, 'invalid_url', 'url'], [{ url: 'https://a.example:22/' }, 'invalid_url', 'url'], [{ url: 'https://a.example/\t' }, 'invalid_url', 'url'], [{ url: `https://a.example/${'x'.repeat(3_000)}` }, 'invalid_url', 'url'],
    ]
    for (const [body, code, where] of wrong) expect.soft(await api.call('POST', path, body), JSON.stringify(body).slice(0, 120)).toMatchObject({ status: 422, body: { code, errors: [{ path: where }] } })
    expect((await api.call('GET', path)).body.data).toEqual([])
  })

  test('a format that the secret cannot serve is refused on a change as well', async () => {
    const id = await api.givenEndpoint('acme', { secret: 'an old secret' })
    expect(await api.call('PATCH', `${path}/${id}`, { format: 'standard' })).toMatchObject({ status: 422, body: { code: 'invalid_secret' } })
    expect(await api.call('PATCH', `${path}/${id}`, { secret: 'new' })).toMatchObject({ status: 422, body: { code: 'unknown_field' } })
  })

  test('no form is answered with a fault of ours', async () => {
    const anything = fc.oneof(fc.jsonValue({ maxDepth: 3 }), fc.string({ unit: 'binary' }))
    const form = fc.record({
      url: fc.oneof(fc.webUrl({ withQueryParameters: true }), fc.string().map((text) => `https://${text}`), anything), description: anything, eventTypes: fc.oneof(fc.array(fc.string()), anything), format: fc.oneof(fc.constantFrom('standard', 'stripe', 'slack'), anything),
      secret: fc.oneof(fc.string().map((text) => `whsec_${text}`), anything), headers: fc.oneof(fc.dictionary(fc.string(), fc.string()), anything), timeoutSeconds: fc.oneof(fc.double(), anything), ratePerSecond: fc.oneof(fc.double(), anything),
      ordered: anything, retryPolicy: fc.oneof(fc.record({ schedule: fc.array(fc.string()) }), anything), secondSignature: fc.oneof(fc.record({ format: fc.constantFrom('standard', 'github'), secret: fc.string() }), anything), __proto__: anything,
    }, { requiredKeys: [] })
    await fc.assert(fc.asyncProperty(fc.oneof(form, anything), async (body) => {
      for (const [method, where] of [['POST', path], ['PATCH', `${path}/ep_0000001`]] as const) {
        const answer = await api.call(method, where, JSON.stringify(body))
        expect(answer.status).toBeLessThan(500)
        if (answer.status >= 400) expect(answer.body).toMatchObject({ status: answer.status, code: expect.any(String), fix: expect.any(String) })
      }
    }), { numRuns: 200 })
  }, 60_000)
})

onEachDatabase('endpoints of a strict server', (db) => {
  test('local, plain and odd addresses are refused with the reason\'s own code', async () => {
    const api = await ApiServer.start(db, { endpointUrls: { strict: true, allow: [], ownUrl: 'https://hooks.acme.example' } })
    try {
      await api.givenOrganization('acme')
      const codes: unknown[] = []
      for (const url of ['http://receiver.example/', 'https://localhost/', 'https://127.0.0.1/', 'https://[::1]/', 'https://169.254.169.254/', 'https://0x7f000001/', 'https://intranet/', 'https://a.internal/', 'https://hooks.acme.example/x', 'https://receiver.example/#x']) {
        const { status, body } = await api.call('POST', '/v1/organizations/acme/endpoints', { url })
        codes.push([status, body.code, body.errors?.[0].code])
      }
      expect(codes).toEqual([
        'url_not_https', 'url_host_single_label', 'url_address_refused', 'url_address_refused', 'url_address_refused', 'url_address_refused', 'url_host_single_label', 'url_host_reserved', 'url_is_our_own', 'url_has_fragment',
      ].map((code) => [422, 'invalid_url', code]))
    } finally {
      await api.stop()
    }
  })
})

const wakeUps = sql`select e.version, c.endpoints_version from endpoints e join lanes l on l.endpoint_id = e.id join cursors c on c.organization_id = e.organization_id`
const disableAll = sql`update endpoints set state = 2, disabled_reason = 'failing'`
const everyEndpoint = sql`select * from endpoints`
const everyAnswer = sql`select * from idempotent_answers`
const everyDelivery = sql`select state from deliveries`
