import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { sql } from '../../storage/sql.js'
import { adminKey, ApiServer } from '../../testing/api-server.js'
import { onEachDatabase } from '../../testing/each-database.js'

onEachDatabase('events over HTTP', (db) => {
  let api: ApiServer
  const path = '/v1/organizations/acme/events'
  beforeEach(async () => {
    api = await ApiServer.start(db)
    await api.givenOrganization('acme')
  })
  afterEach(async () => {
    await api.stop()
    expect(api.bugs).toEqual([])
  })
  const stored = async () => (await db.all<{ type: string; data: string }>(sql`select type, data from events order by id`)).map(({ type, data }) => [type, data])

  test('what is accepted is stored as it was written, and told again as it was written', async () => {
    const data = '{"big":12345678901234567890, "one":1.0,"minus":-0,"lone":"\\ud800","nul":"\\u0000","ä":"€"}'
    const answer = await api.call('POST', path, `{"type":"order.created", "data" : ${data} ,"occurredAt":"2025-03-01T12:00:00+02:00"}`)
    expect(answer).toMatchObject({ status: 202, body: { id: expect.stringMatching(/^evt_[0-9a-z]{11}$/) } })
    expect(await stored()).toEqual([['order.created', data]])
    const told = await api.call('GET', `${path}/${answer.body.id}`)
    expect(told.text).toContain(`"data":${data}`)
    expect(told.body).toMatchObject({ id: answer.body.id, type: 'order.created', occurredAt: '2025-03-01T10:00:00.000Z', origin: 'api', test: false })
  })

  test('an id of the publisher\'s own is the event\'s id', async () => {
    expect((await api.call('POST', path, { type: 'a', data: 1, id: 'order-1' })).body).toEqual({ id: 'order-1' })
    expect((await api.call('GET', `${path}/order-1`)).body).toMatchObject({ id: 'order-1', data: 1 })
  })

  test('the same id or Idempotency-Key with the same content is the same event; with another it is refused', async () => {
    const event = { type: 'a', data: { n: 1 } }
    const byId = await api.call('POST', path, { ...event, id: 'x' })
    expect((await api.call('POST', path, `{"id":"x","data":{"n":1},\n"type":"a"}`)).body).toEqual(byId.body)
    expect(await api.call('POST', path, { ...event, id: 'x', data: 2 })).toMatchObject({ status: 422, body: { code: 'idempotency_conflict', errors: [{ path: 'id' }] } })

    const headers = { 'idempotency-key': 'k 1' }
    const byKey = await api.call('POST', path, event, { headers })
    expect((await api.call('POST', path, event, { headers })).body).toEqual(byKey.body)
    expect(await api.call('POST', path, { ...event, data: 2 }, { headers })).toMatchObject({ status: 422, body: { code: 'idempotency_conflict', errors: [{ path: 'Idempotency-Key' }] } })
    expect(await stored()).toHaveLength(2)
  })

  test('many that repeat one publish at the same time make one event', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => api.call('POST', path, { type: 'a', data: 1, id: 'once' }, { headers: { 'idempotency-key': 'once' } })))
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`))).toEqual(new Set(['202 {"id":"once"}']))
    expect(await stored()).toHaveLength(1)
  })

  test('a batch answers for each event, in order, and the good ones stand', async () => {
    await api.call('POST', path, { type: 'a', data: 'first', id: 'taken' })
    const { status, body } = await api.call('POST', `${path}/batch`, '{"events":[{"type":"a","data":1.0},{"type":"a b","data":1},{"type":"b","data":2,"id":"mine"},{"type":"a","data":"other","id":"taken"},{"type":"a","data":1,"x":1}]}')
    expect(status).toBe(207)
    expect(body.data).toMatchObject([{ status: 202, id: expect.stringMatching(/^evt_/) }, { status: 422, error: { code: 'invalid_event_type' } }, { status: 202, id: 'mine' }, { status: 422, error: { code: 'idempotency_conflict' } }, { status: 422, error: { code: 'unknown_field' } }])
    expect(await stored()).toEqual([['a', '"first"'], ['a', '1.0'], ['b', '2']])
    expect((await api.call('POST', `${path}/batch`, { events: [] })).body).toEqual({ data: [] })
  })

  test('a repeated batch with its Idempotency-Key stores nothing more, and another body under it nothing at all', async () => {
    const headers = { 'idempotency-key': 'b1' }
    const batch = { events: [{ type: 'a b', data: 0 }, { type: 'a', data: 1 }, { type: 'a', data: 2 }] }
    const first = await api.call('POST', `${path}/batch`, batch, { headers })
    expect((await api.call('POST', `${path}/batch`, batch, { headers })).text).toBe(first.text)
    const other = { events: [{ type: 'a', data: 3 }, { type: 'a', data: 4 }, { type: 'a', data: 5 }, { type: 'a', data: 6 }] }
    expect(await api.call('POST', `${path}/batch`, other, { headers })).toMatchObject({ status: 422, body: { code: 'idempotency_conflict' } })
    expect(await api.call('POST', path, { type: 'a', data: 1 }, { headers })).toMatchObject({ status: 422, body: { code: 'idempotency_conflict' } })
    expect(await stored()).toHaveLength(2)
  })

  test('what the catalog does not list is accepted, told of, or refused, as the organization wants it', async () => {
    await api.givenOrganization('warned', { catalog: 'bear-billing' })
    await api.givenOrganization('strict', { catalog: 'devsphere' })
    const publish = (org: string, type: string) => api.call('POST', `/v1/organizations/${org}/events`, { type, data: {} })
    expect((await publish('acme', 'made.up')).body.warnings).toBeUndefined()
    expect(await publish('warned', 'made.up')).toMatchObject({ status: 202, body: { warnings: [{ code: 'unknown_event_type' }] } })
    expect(await publish('strict', 'made.up')).toMatchObject({ status: 422, body: { code: 'unknown_event_type' } })
    expect((await publish('strict', 'lead_won')).body.warnings).toBeUndefined()
    await api.call('PATCH', '/v1/organizations/strict', { eventTypePolicy: 'off' })
    expect((await publish('strict', 'made.up')).status).toBe(202)
    const batch = await api.call('POST', '/v1/organizations/warned/events/batch', { events: [{ type: 'made.up', data: 1 }] })
    expect(batch.body.data).toMatchObject([{ status: 202, warnings: [{ code: 'unknown_event_type' }] }])
  })

  test('erased: its data is gone and the event says when; a foreign or unknown one is not found', async () => {
    const { body: { id } } = await api.call('POST', path, { type: 'order.created', data: { name: 'Ada' } })
    expect(await api.call('GET', `${path}/${id}`)).toMatchObject({ status: 200, body: { erasedAt: null, data: { name: 'Ada' } } })
    const erased = await api.call('POST', `${path}/${id}/erase`)
    expect(erased).toMatchObject({ status: 200, body: { id, type: 'order.created', erasedAt: expect.any(String) as unknown } })
    expect(await api.call('GET', `${path}/${id}`)).toMatchObject({ body: { ...erased.body, data: null } })
    expect(await api.call('POST', `${path}/evt_00000000001/erase`)).toMatchObject({ status: 404 })
  })

  test('lists are filtered and paged, newest first', async () => {
    const ids: string[] = []
    for (const type of ['a', 'b', 'a', 'a']) ids.push((await api.call('POST', path, { type, data: 1 })).body.id)
    const first = await api.call('GET', `${path}?type=a&limit=2`)
    expect(first.body.data.map(({ id }: { id: string }) => id)).toEqual([ids[3], ids[2]])
    expect((await api.call('GET', `${path}?type=a&limit=2&after=${first.body.next}`)).body).toMatchObject({ data: [{ id: ids[0] }], next: null })
    expect((await api.call('GET', `${path}?from=2100-01-01T00:00:00Z`)).body.data).toEqual([])
    expect((await api.call('GET', `${path}?to=2100-01-01T00:00:00Z`)).body.data).toHaveLength(4)
  })

  test('a bad body is refused with its code, and nothing is stored', async () => {
    const event = (rest: string) => `{"type":"a","data":1${rest}}`
    const bad: [string | Uint8Array, number, string, Record<string, string>?][] = [
      ['', 400, 'not_json'], ['{', 400, 'not_json'], [`${event('')}x`, 400, 'not_json'], [new Uint8Array([...new TextEncoder().encode('{"type":"a","data":"'), 0xff, 0x22, 0x7d]), 400, 'not_json'],
      [new Uint8Array([0xef, 0xbb, 0xbf, ...new TextEncoder().encode(event(''))]), 400, 'not_json'], ['{"type":"a","data":"\u0000"}', 400, 'not_json'],
      ['[]', 422, 'invalid_request'], [event(',"x":1'), 422, 'unknown_field'], [event(',"data":1'), 422, 'repeated_field'], ['{"type":"a b","data":1}', 422, 'invalid_event_type'], [event(',"id":"a.b"'), 422, 'invalid_event_id'],
      [`{"type":"a","data":${'['.repeat(65)}${']'.repeat(65)}}`, 422, 'too_deep'], [`{"type":"a","data":${'['.repeat(100_000)}${']'.repeat(100_000)}}`, 422, 'too_deep'],
      [`{"type":"a","data":"${'x'.repeat(256 * 1024)}"}`, 413, 'too_large'], [event(''), 422, 'invalid_request', { 'idempotency-key': 'k'.repeat(256) }], [event(''), 422, 'invalid_request', { 'idempotency-key': 'kä' }],
    ]
    for (const [body, status, code, headers] of bad) {
      const answer = await api.call('POST', path, body, { headers: headers ?? {} })
      expect.soft(answer, String(body).slice(0, 60)).toMatchObject({ status, body: { status, code, detail: expect.any(String), fix: expect.any(String) } })
      expect.soft(answer.headers.get('content-type')).toBe('application/problem+json')
    }
    expect(await stored()).toEqual([])
  })

  test('a body of 256 KiB is taken, and one byte more is not, announced or in chunks', async () => {
    const body = (size: number) => `{"type":"a","data":"${'x'.repeat(size - 22)}"}`
    const inChunks = (text: string) => fetch(`http://127.0.0.1:${api.port}${path}`, { method: 'POST', duplex: 'half', headers: { authorization: `Bearer ${adminKey}` }, body: new Blob([text]).stream() } as RequestInit)
    expect((await api.call('POST', path, body(262_144))).status).toBe(202)
    expect((await api.call('POST', path, body(262_145))).status).toBe(413)
    expect((await inChunks(body(262_144))).status).toBe(202)
    expect((await inChunks(body(262_145))).status).toBe(413)
    expect((await api.call('POST', `${path}/batch`, { events: Array.from({ length: 1_001 }, () => ({ type: 'a', data: 1 })) })).status).toBe(413)
    expect((await api.call('POST', `${path}/batch`, `{"events":["${'x'.repeat(5 * 1024 * 1024)}"]}`)).status).toBe(413)
  })

  test('no body is answered with a fault of ours', async () => {
    const piece = fc.oneof(fc.constantFrom('{', '}', '[', ']', ',', ':', '"', '\\', '"type"', '"data"', '"id"', '"events"', '"a.b"', '1', 'null', ' '), fc.string({ unit: 'binary', maxLength: 4 }), fc.json())
    const body = fc.oneof(fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join('')), fc.json().map((data) => `{"type":"a","data":${data}}`), fc.json().map((item) => `{"events":[${item}]}`), fc.uint8Array())
    await fc.assert(fc.asyncProperty(body, async (text) => {
      for (const where of [path, `${path}/batch`]) {
        const answer = await api.call('POST', where, text.length === 0 ? '' : text)
        expect(answer.status).toBeLessThan(500)
        if (answer.status >= 400) expect(answer.body).toMatchObject({ status: answer.status, code: expect.any(String) })
      }
    }), { numRuns: 200 })
  }, 60_000)

  test('whatever JSON is published, its text comes back', async () => {
    await fc.assert(fc.asyncProperty(fc.jsonValue(), fc.constantFrom(undefined, 1, '\t'), async (value, indent) => {
      const data = JSON.stringify(value, null, indent)
      const { body } = await api.call('POST', path, `{"data":${data},"type":"a"}`)
      expect((await api.call('GET', `${path}/${body.id}`)).text).toContain(`"data":${data}}`)
    }), { numRuns: 50 })
  }, 60_000)
})
