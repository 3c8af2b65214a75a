import { expect, test } from 'vitest'
import { createApp } from '../app.js'
import { deliveryStates, type DeliveryState } from '../../deliveries/delivery.js'
import { deliveryId, endpointId } from '../../ids/public-id.js'
import { hashApiKey } from '../../secrets/api-key.js'
import { onEachDatabase, type TestDatabase } from '../../testing/each-database.js'
import { givenDelivery, givenEndpoint, givenEvent, givenOrganization } from '../../testing/given.js'

const { waiting, succeeded, dead } = deliveryStates
const adminKey = 'an admin key of more than thirty-two characters'

onEachDatabase('deliveries and replays over HTTP', (db) => {
  test('a list is filtered and paged', async () => {
    const { api, give } = await givenApi(db)
    for (const state of [dead, dead, succeeded, dead]) await give(state)
    const first = await api('GET', '/deliveries?state=dead&limit=2')
    expect(first.status).toBe(200)
    expect(first.body.data).toHaveLength(2)
    const second = await api('GET', `/deliveries?state=dead&limit=2&after=${first.body.next}`)
    expect(second.body).toMatchObject({ data: [{ state: 'dead', createdAt: '2026-01-15T12:00:00.000Z', dueAt: null, attemptCount: 0, test: false }], next: null })
  })

  test.each([
    ['limit=201', 'invalid_request'], ['limit=0', 'invalid_request'], ['state=sending', 'invalid_request'], ['endpointId=nonsense', 'invalid_request'],
    ['eventType=a..b', 'invalid_request'], ['from=yesterday', 'invalid_request'], ['status=5x', 'invalid_request'], ['status=600', 'invalid_request'], ['errorClass=bad_luck', 'invalid_request'], ['after=nonsense', 'invalid_request'], ['colour=red', 'unknown_field'],
  ])('?%s is refused as %s', async (query, code) => {
    const { api } = await givenApi(db)
    expect(await api('GET', `/deliveries?${query}`)).toMatchObject({ status: 422, body: { code } })
  })

  test('one delivery is told with its attempts', async () => {
    const { api, give } = await givenApi(db)
    const id = await give(waiting, 2)
    expect(await api('GET', `/deliveries/${id}`)).toMatchObject({
      status: 200,
      body: { id, state: 'pending', nextAttemptAt: '2026-01-15T12:00:00.000Z', endpoint: { state: 'enabled' }, attempts: [{ number: 1, startedAt: '2026-01-15T12:00:00.000Z', responseExcerpt: 'oh no' }, { number: 2 }] },
    })
  })

  test('replay, release and discard tell the delivery as it is then, and wake the sender', async () => {
    const { api, give, woken } = await givenApi(db)
    const id = await give(dead)
    expect(await api('POST', `/deliveries/${id}/replay`)).toMatchObject({ status: 200, body: { id, state: 'pending' } })
    expect(await api('POST', `/deliveries/${id}/replay`)).toMatchObject({ status: 409, body: { code: 'already_on_its_way' } })
    expect(await api('POST', `/deliveries/${id}/release`)).toMatchObject({ status: 200, body: { id, state: 'pending' } })
    expect(await api('POST', `/deliveries/${id}/discard`)).toMatchObject({ status: 200, body: { id, state: 'discarded' } })
    expect(await api('POST', `/deliveries/${id}/discard`)).toMatchObject({ status: 409, body: { code: 'already_settled' } })
    expect(await api('POST', `/deliveries/${id}/release`)).toMatchObject({ status: 409, body: { code: 'not_held' } })
    expect(woken()).toBe(3)
  })

  test('an id that is unknown, malformed or another organization\'s answers the same', async () => {
    const { api } = await givenApi(db)
    const other = await givenOrganization(db, 'other')
    const foreign = await givenDelivery(db, other, { eventId: await givenEvent(db, other), endpointId: await givenEndpoint(db, other), state: dead })
    const answers = await Promise.all([deliveryId(foreign.eventId, foreign.endpointId), deliveryId(1, 1), 'nonsense'].map((id) => api('GET', `/deliveries/${id}`)))
    expect(answers[0]?.status).toBe(404)
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1)
  })

  test('a dry run counts; a replay is a job that can be asked about and cancelled', async () => {
    const { api, give, endpoint } = await givenApi(db)
    for (let n = 0; n < 3; n++) await give(dead)
    expect(await api('POST', '/replays', { dryRun: true })).toEqual({ status: 200, body: { dryRun: true, matched: 3, matchedIsAtLeast: false } })

    const started = await api('POST', '/replays', { endpointId: endpointId(endpoint), eventTypes: ['order.*'], from: '2026-01-01T00:00:00Z' })
    expect(started).toMatchObject({ status: 201, body: { id: expect.stringMatching(/^rpl_/), state: 'running', matched: 3, replayed: 0, filter: { endpointId: endpointId(endpoint), state: 'dead', from: '2026-01-01T00:00:00.000Z', to: null } } })
    const id = String(started.body['id'])
    expect(await api('GET', `/replays/${id}`)).toEqual({ status: 200, body: started.body })
    expect(await api('POST', `/replays/${id}/cancel`)).toMatchObject({ status: 200, body: { state: 'cancelled' } })
    expect(await api('GET', '/replays/rpl_0000009')).toMatchObject({ status: 404 })
  })

  test.each([
    [{ state: 'pending' }, 'invalid_request'], [{ eventTypes: [] }, 'invalid_request'], [{ eventTypes: ['a..b'] }, 'invalid_request'],
    [{ endpointId: 'nonsense' }, 'invalid_request'], [{ deliveryIds: [] }, 'invalid_request'], [{ deliveryIds: ['dlv_1'] }, 'invalid_request'], [{ status: 'ok' }, 'invalid_request'], [{ from: 'yesterday' }, 'invalid_request'], [{ states: ['dead'] }, 'unknown_field'],
  ])('a replay of %j is refused as %s', async (body, code) => {
    const { api } = await givenApi(db)
    expect(await api('POST', '/replays', body)).toMatchObject({ status: 422, body: { code } })
  })

  test('dead letters are told in groups, and a group or a selection is replayed', async () => {
    const { api, give, endpoint } = await givenApi(db)
    const ids = [await give(dead, 1), await give(dead, 2), await give(succeeded, 1)]
    const group = { endpoint: { id: endpointId(endpoint), url: 'https://receiver.example/hook', description: '', state: 'enabled' }, organizationId: 'acme', status: 500, errorClass: 'http', count: 2 }
    for (const path of ['/v1/organizations/acme/dead-letters', '/v1/dead-letters']) expect(await api('GET', path)).toMatchObject({ status: 200, body: { data: [group], counted: 2, next: null } })
    expect(await api('GET', '/v1/organizations/acme/dead-letters?after=nonsense')).toMatchObject({ status: 422 })

    expect(await api('POST', '/replays', { endpointId: endpointId(endpoint), status: '500', errorClass: 'http', dryRun: true })).toMatchObject({ status: 200, body: { matched: 2 } })
    expect(await api('POST', '/replays', { deliveryIds: ids, dryRun: true })).toMatchObject({ status: 200, body: { matched: 3 } })
    const started = await api('POST', '/replays', { deliveryIds: ids.slice(1) })
    expect(started).toMatchObject({ status: 201, body: { matched: 2, filter: { deliveryIds: ids.slice(1), state: null, status: null, errorClass: null } } })
    expect(await api('GET', `/replays/${String(started.body['id'])}`)).toEqual({ status: 200, body: started.body })
  })

  test('lists of all organizations are the operator\'s alone', async () => {
    const { api, give } = await givenApi(db)
    const id = await give(dead, 1)
    expect(await api('GET', '/v1/deliveries?state=dead&status=5xx')).toMatchObject({ status: 200, body: { data: [{ id, organizationId: 'acme', endpointUrl: expect.any(String) as unknown, lastStatus: 500, lastErrorClass: 'http' }], next: null } })
    expect(await api('GET', '/v1/events?type=order.*')).toMatchObject({ status: 200, body: { data: [{ organizationId: 'acme', type: 'order.created' }], next: null } })
    const made = await api('POST', '/keys', { name: 'reader', scopes: ['webhooks:read'] })
    for (const path of ['/v1/deliveries', '/v1/events', '/v1/dead-letters', '/v1/overview']) expect(await api('GET', path, undefined, { authorization: `Bearer ${String(made.body['key'])}` })).toMatchObject({ status: 403 })
  })

  test('the same Idempotency-Key starts one job', async () => {
    const { api, give } = await givenApi(db)
    await give(dead)
    const key = { 'idempotency-key': 'once' }
    const first = await api('POST', '/replays', {}, key)
    expect(await api('POST', '/replays', {}, key)).toEqual(first)
  })
})

interface Answered { status: number; body: { [name: string]: unknown; data?: unknown[] } }

async function givenApi(db: TestDatabase) {
  const acme = await givenOrganization(db)
  const endpoint = await givenEndpoint(db, acme)
  const store = await db.store()
  let wakes = 0
  const app = createApp({
    engine: { store, publish: () => { throw new Error('Nothing is published here.') }, wake: () => { wakes++ }, streamsMoved: () => {} },
    vault: { seal: (text) => text, open: (text) => text },
    adminKeyHash: hashApiKey(adminKey),
    settings: { version: '0', endpointUrls: { strict: false, allow: [] } },
    log: { error: () => {} }, clock: db.clock,
  })
  return {
    endpoint,
    woken: () => wakes,
    async give(state: DeliveryState, attempts = 0): Promise<string> {
      const key = await givenDelivery(db, acme, { eventId: await givenEvent(db, acme), endpointId: endpoint, state, attempts })
      return deliveryId(key.eventId, key.endpointId)
    },
    async api(method: string, path: string, body?: object, headers: Record<string, string> = {}): Promise<Answered> {
      const answer = await app.request(path.startsWith('/v1/') ? path : `/v1/organizations/acme${path}`, {
        method, headers: { authorization: `Bearer ${adminKey}`, ...(body && { 'content-type': 'application/json' }), ...headers }, ...(body && { body: JSON.stringify(body) }),
      })
      return { status: answer.status, body: await answer.json() as Answered['body'] }
    },
  }
}
