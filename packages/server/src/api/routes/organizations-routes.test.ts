import { afterEach, beforeEach, expect, test } from 'vitest'
import { catalogs } from '../../catalogs/catalogs.js'
import { sql } from '../../storage/sql.js'
import { ApiServer } from '../../testing/api-server.js'
import { onEachDatabase } from '../../testing/each-database.js'

onEachDatabase('organizations over HTTP', (db) => {
  let api: ApiServer
  beforeEach(async () => { api = await ApiServer.start(db) })
  afterEach(async () => {
    await api.stop()
    expect(api.bugs).toEqual([])
  })

  test('without a catalog an organization follows the Standard Webhooks', async () => {
    const { status, body } = await api.call('POST', '/v1/organizations', { name: 'Acme' })
    expect(status).toBe(201)
    expect(body).toMatchObject({ id: expect.stringMatching(/^org_[0-9a-z]{21}$/), name: 'Acme', catalog: null, format: 'standard', retryPolicy: 'standard', eventTypePolicy: 'off', webhookUrl: null })
    expect((await api.call('GET', `/v1/organizations/${body.id}`)).body).toEqual(body)
  })

  test('with a catalog it follows that, and what it says itself stands', async () => {
    for (const [name, { defaultFormat: format, defaultRetryPolicy: retryPolicy, defaultEventTypePolicy: eventTypePolicy }] of catalogs) {
      expect((await api.call('POST', '/v1/organizations', { name, catalog: name })).body).toMatchObject({ catalog: name, format, retryPolicy, eventTypePolicy })
      const own = { format: 'stripe', retryPolicy: { schedule: ['0s', '1m'] }, eventTypePolicy: 'off' }
      expect((await api.call('POST', '/v1/organizations', { name, catalog: name, ...own })).body).toMatchObject({ catalog: name, ...own })
    }
  })

  test('an id that is taken is refused, and free again once its organization is deleted', async () => {
    await api.givenOrganization('acme')
    expect(await api.call('POST', '/v1/organizations', { id: 'acme', name: 'Other' })).toMatchObject({ status: 409, body: { code: 'already_exists' } })
    expect((await api.call('DELETE', '/v1/organizations/acme')).status).toBe(204)
    expect((await api.call('GET', '/v1/organizations/acme')).status).toBe(404)
    expect((await api.call('POST', '/v1/organizations', { id: 'acme', name: 'Other' })).status).toBe(201)
  })

  test('a deleted organization takes no event, and its keys are unknown', async () => {
    await api.givenOrganization('acme')
    await api.givenEndpoint('acme', { url: 'http://127.0.0.1:8999/' })
    const key = await api.givenKey('acme', 'events:publish')
    expect((await api.call('POST', '/v1/organizations/acme/events', { type: 'a', data: 1 }, { key })).status).toBe(202)
    await api.call('DELETE', '/v1/organizations/acme')
    expect((await api.call('POST', '/v1/organizations/acme/events', { type: 'a', data: 1 }, { key })).status).toBe(401)
    expect((await api.call('POST', '/v1/organizations/acme/events', { type: 'a', data: 1 })).status).toBe(404)
  })

  test('lists come in pages, in the order of making, without the deleted ones', async () => {
    for (const id of ['a', 'b', 'c', 'd']) await api.givenOrganization(id)
    await api.call('DELETE', '/v1/organizations/b')
    const first = await api.call('GET', '/v1/organizations?limit=2')
    expect(first.body.data.map(({ id }: { id: string }) => id)).toEqual(['a', 'c'])
    const second = await api.call('GET', `/v1/organizations?limit=2&after=${first.body.next}`)
    expect(second.body).toMatchObject({ data: [{ id: 'd' }], next: null })
  })

  test('a change leaves what it does not name, and null sets back to the catalog', async () => {
    await api.givenOrganization('acme', { catalog: 'devsphere', format: 'stripe' })
    expect((await api.call('PATCH', '/v1/organizations/acme', { name: 'New', retryPolicy: { schedule: ['0s'] } })).body).toMatchObject({ name: 'New', format: 'stripe', retryPolicy: { schedule: ['0s'] } })
    expect((await api.call('PATCH', '/v1/organizations/acme', { format: null, retryPolicy: null })).body).toMatchObject({ name: 'New', format: 'devsphere', retryPolicy: 'devsphere' })
    expect((await api.call('PATCH', '/v1/organizations/acme', {})).status).toBe(200)
  })

  test('a changed format holds for the next publish\'s organization, and endpoints that cannot sign with it are protected', async () => {
    await api.givenOrganization('acme', { format: 'bare-commerce' })
    await api.givenEndpoint('acme', { secret: 'an old secret' })
    expect(await api.call('PATCH', '/v1/organizations/acme', { format: 'standard' })).toMatchObject({ status: 422, body: { code: 'invalid_secret' } })
    expect((await api.call('PATCH', '/v1/organizations/acme', { format: 'devsphere' })).status).toBe(200)
  })

  test('its webhookUrl is an endpoint for federation that changes with it', async () => {
    await api.givenOrganization('acme', { catalog: 'commerce-gateway', webhookUrl: 'https://one.example/hook' })
    const endpoints = async () => (await api.call('GET', '/v1/organizations/acme/endpoints')).body.data
    const [endpoint] = await endpoints()
    expect(endpoint).toMatchObject({ url: 'https://one.example/hook', eventTypes: ['federation.*'], managed: 'webhookUrl' })
    expect((await api.call('PATCH', '/v1/organizations/acme', { webhookUrl: 'https://two.example/hook' })).body.webhookUrl).toBe('https://two.example/hook')
    expect(await endpoints()).toMatchObject([{ id: endpoint.id, url: 'https://two.example/hook', version: 2 }])
    expect(await api.call('DELETE', `/v1/organizations/acme/endpoints/${endpoint.id}`)).toMatchObject({ status: 409, body: { code: 'conflict' } })
    expect(await api.call('PATCH', `/v1/organizations/acme/endpoints/${endpoint.id}`, { url: 'https://three.example/' })).toMatchObject({ status: 409, body: { code: 'conflict' } })
    await api.call('PATCH', '/v1/organizations/acme', { webhookUrl: null })
    expect(await endpoints()).toEqual([])
    await api.call('PATCH', '/v1/organizations/acme', { webhookUrl: 'https://two.example/hook' })
    expect(await endpoints()).toHaveLength(1)
  })

  test('a repeated POST with its Idempotency-Key makes one organization, and the key belongs to that request', async () => {
    const headers = { 'idempotency-key': 'first try' }
    const first = await api.call('POST', '/v1/organizations', { name: 'Acme' }, { headers })
    const again = await api.call('POST', '/v1/organizations', { name: 'Acme' }, { headers })
    expect([again.status, again.text]).toEqual([201, first.text])
    expect(await api.call('POST', '/v1/organizations', { name: 'Other' }, { headers })).toMatchObject({ status: 422, body: { code: 'idempotency_conflict' } })
    expect((await api.call('GET', '/v1/organizations')).body.data).toHaveLength(1)
  })

  test('deleting with erase=true leaves nothing of it; another value is refused', async () => {
    await api.call('POST', '/v1/organizations', { id: 'gone', name: 'Gone' })
    expect(await api.call('DELETE', '/v1/organizations/gone?erase=perhaps')).toMatchObject({ status: 422 })
    expect(await api.call('DELETE', '/v1/organizations/gone?erase=true')).toMatchObject({ status: 204 })
    expect(await api.call('GET', '/v1/organizations/gone')).toMatchObject({ status: 404 })
    expect(await db.first(sql`select count(*) as n from organizations where erase_asked_at is not null`)).toEqual({ n: 1 })
  })

  test('what is wrong is refused by its code, telling where, and nothing is stored', async () => {
    const wrong: [object, string, string][] = [
      [{}, 'invalid_request', 'name'], [{ name: '' }, 'invalid_request', 'name'], [{ name: 5 }, 'invalid_request', 'name'], [{ name: 'a', colour: 'red' }, 'unknown_field', 'colour'],
      [{ name: 'a', id: 'a.b' }, 'invalid_request', 'id'], [{ name: 'a', id: '' }, 'invalid_request', 'id'], [{ name: 'a', catalog: 'none' }, 'invalid_request', 'catalog'], [{ name: 'a', format: 'none' }, 'invalid_request', 'format'],
      [{ name: 'a', retryPolicy: 'none' }, 'invalid_retry_policy', 'retryPolicy'], [{ name: 'a', retryPolicy: { schedule: [] } }, 'invalid_retry_policy', 'retryPolicy'], [{ name: 'a', retryPolicy: 5 }, 'invalid_request', 'retryPolicy'],
      [{ name: 'a', eventTypePolicy: 'maybe' }, 'invalid_request', 'eventTypePolicy'], [{ name: 'a', webhookUrl: 'ftp://a.example' }, 'invalid_url', 'webhookUrl'],
    ]
    for (const [body, code, path] of wrong) expect.soft(await api.call('POST', '/v1/organizations', body), JSON.stringify(body)).toMatchObject({ status: 422, body: { code, errors: [{ path }] } })
    expect((await api.call('GET', '/v1/organizations')).body.data).toEqual([])
  })
})
