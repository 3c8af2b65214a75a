import { afterEach, beforeEach, expect, test } from 'vitest'
import { ApiServer } from '../../testing/api-server.js'
import { onEachDatabase } from '../../testing/each-database.js'
import { eventually } from '../../testing/given-sink-endpoint.js'
import { Sink } from '../../testing/sink.js'

onEachDatabase('the overview over HTTP', (db) => {
  let api: ApiServer
  let sink: Sink
  beforeEach(async () => {
    sink = await Sink.start()
    api = await ApiServer.start(db)
  })
  afterEach(async () => {
    await api.stop()
    await sink.stop()
  })

  test('tells how fast what was sent arrived, which endpoint fails and why, and what waits for it', async () => {
    sink.answer = (request, response) => { response.writeHead(request.path === '/broken' ? 503 : 200).end() }
    await api.givenOrganization('acme')
    await api.givenOrganization('other')
    const [fine, broken] = [await api.givenEndpoint('acme', { url: sink.url('/fine') }), await api.givenEndpoint('acme', { url: sink.url('/broken'), description: 'a shop' })]
    for (let n = 0; n < 5; n++) await api.call('POST', '/v1/organizations/acme/events', { type: 'order.created', data: n })

    await eventually(async () => {
      const { body } = await api.call('GET', '/v1/organizations/acme/overview')
      expect(body.totals).toEqual({ succeeded: 5, retrying: 5, dead: 0, discarded: 0, replayed: 0 })
    })
    for (const path of ['/v1/organizations/acme/overview', '/v1/overview?span=week']) {
      const { body } = await api.call('GET', path)
      expect(body).toMatchObject({
        totals: { succeeded: 5, retrying: 5 }, latency: { count: 5 }, inbound: [], backlog: { waiting: 5, waitingIsAtLeast: false },
        failing: { more: false, endpoints: [{ id: broken, organizationId: 'acme', description: 'a shop', state: 'enabled', status: 503, errorClass: 'http', waiting: 5 }] },
      })
      expect(body.latency.p99Ms).toBeGreaterThanOrEqual(body.latency.p50Ms)
      expect(body.steps[0].latency.count).toBeLessThanOrEqual(5)
    }
    expect(fine).not.toBe(broken)
    expect((await api.call('GET', '/v1/organizations/other/overview')).body).toMatchObject({ totals: { succeeded: 0 }, latency: null, steps: [], backlog: { waiting: 0 }, failing: { endpoints: [] } })
  })

  test('an endpoint that takes something again fails no more, and what came late is no measure of haste', async () => {
    let isBroken = true
    sink.answer = (_request, response) => { response.writeHead(isBroken ? 500 : 200).end() }
    await api.givenOrganization('acme', { retryPolicy: { schedule: ['0s', '200ms', '200ms', '200ms', '200ms'] } })
    await api.givenEndpoint('acme', { url: sink.url('/') })
    await api.call('POST', '/v1/organizations/acme/events', { type: 'order.created', data: 1 })
    const told = async () => (await api.call('GET', '/v1/organizations/acme/overview')).body
    await eventually(async () => expect((await told()).failing.endpoints).toMatchObject([{ status: 500 }]))
    isBroken = false
    await eventually(async () => expect(await told()).toMatchObject({ totals: { succeeded: 1 }, latency: null, failing: { endpoints: [] } }))
  })
})
