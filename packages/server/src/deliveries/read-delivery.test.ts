import { expect, test } from 'vitest'
import { deliveryStates } from './delivery.js'
import { readDelivery } from './read-delivery.js'
import { builtInFormats } from '../formats/built-in-formats.js'
import { registerFormats } from '../formats/register-formats.js'
import { deliveryId, endpointId } from '../ids/public-id.js'
import { keepFact } from '../installation/installation.js'
import { removedFacts } from '../retention/removed-to.js'
import { sql } from '../storage/sql.js'
import { onEachDatabase, type TestDatabase } from '../testing/each-database.js'
import { givenAttempt, givenDelivery, givenEndpoint, givenEvent, givenOrganization } from '../testing/given.js'

onEachDatabase('reading a delivery', (db) => {
  test('tells its event, its endpoint and every attempt in order', async () => {
    const { acme, endpoint, event, key } = await givenFailing(db)
    const delivery = await readDelivery(db, { organizationId: acme, ...key })
    expect(delivery).toMatchObject({
      id: deliveryId(event, endpoint), state: 'retrying', attemptCount: 2, nextAttemptAt: db.clock.now() + 5_000,
      endpoint: { id: endpointId(endpoint), url: 'https://receiver.example/hook', state: 'enabled' },
      event: { id: 'order-17', type: 'order.paid', occurredAt: db.clock.now() },
    })
    expect(delivery?.attempts.map((attempt) => attempt.number)).toEqual([1, 2])
    expect(delivery?.attempts[0]).toEqual({
      id: expect.stringMatching(/^att_/), number: 1, startedAt: db.clock.now(), durationMs: 12, status: 500, errorClass: 'http', error: null,
      url: 'https://receiver.example/hook', requestHeaders: { 'content-type': 'application/json', 'webhook-id': 'x' }, responseHeaders: { 'content-type': 'text/plain' },
      responseExcerpt: 'oh no', responseExcerptEncoding: 'utf-8',
    })
  })

  test('the body as sent is the publisher\'s text in the envelope of the delivery\'s own format', async () => {
    const { acme, key } = await givenFailing(db)
    const [standard] = await registerFormats(db, { definitions: [builtInFormats.standard] })
    await db.run(sql`update deliveries set format = ${standard?.id ?? 0}`)
    const delivery = await readDelivery(db, { organizationId: acme, ...key })
    expect(delivery?.requestBody).toBe('{"type":"order.paid","timestamp":"2026-01-15T12:00:00Z","data":{"total":1.0}}')
    expect(delivery?.format).toBe('standard')
  })

  test('without the event\'s data, which retention removed, there is no body but all else', async () => {
    const { acme, event, key } = await givenFailing(db)
    await registerFormats(db, { definitions: Object.values(builtInFormats) })
    await keepFact(db, { name: removedFacts.payloads, value: String(event) })
    const delivery = await readDelivery(db, { organizationId: acme, ...key })
    expect(delivery?.requestBody).toBeNull()
    expect(delivery?.eventType).toBe('order.paid')
    expect(delivery?.attempts).toHaveLength(2)
  })

  test.each<[string, number[], string | null, string | null]>([
    ['text', [...Buffer.from('grüße')], 'grüße', 'utf-8'],
    ['nothing', [], '', 'utf-8'],
    ['bytes that are no text', [0xff, 0xfe, 0x00], '//4A', 'base64'],
    ['latin-1 whose last letter begins like a character of UTF-8', [...Buffer.from('café', 'latin1')], 'Y2Fm6Q==', 'base64'],
    ['text that was cut within a character', [...Buffer.from(`${'x'.repeat(1023)}ü`)].slice(0, 1024), 'x'.repeat(1023), 'utf-8'],
  ])('an answer of %s', async (_, bytes, excerpt, encoding) => {
    const { acme, key } = await givenFailing(db)
    await givenAttempt(db, { ...key, number: 3, answer: Uint8Array.from(bytes) })
    await db.run(sql`update deliveries set attempts = 3`)
    const delivery = await readDelivery(db, { organizationId: acme, ...key })
    expect(delivery?.attempts[2]).toMatchObject({ responseExcerpt: excerpt, responseExcerptEncoding: encoding })
  })

  test('state and attempts agree, also when one more is settled between the reads', async () => {
    const { acme, key } = await givenFailing(db)
    await givenAttempt(db, { ...key, number: 3 })
    const delivery = await readDelivery(db, { organizationId: acme, ...key })
    expect(delivery?.attemptCount).toBe(2)
    expect(delivery?.attempts.map((attempt) => attempt.number)).toEqual([1, 2])
  })

  test('is tried next only while its endpoint is enabled', async () => {
    const { acme, key } = await givenFailing(db)
    await db.run(sql`update endpoints set state = 2`)
    const delivery = await readDelivery(db, { organizationId: acme, ...key })
    expect(delivery).toMatchObject({ state: 'held', nextAttemptAt: null, endpoint: { state: 'disabled' } })
  })

  test('another organization does not find it', async () => {
    const { key } = await givenFailing(db)
    const other = await givenOrganization(db, 'other')
    expect(await readDelivery(db, { organizationId: other, ...key })).toBeUndefined()
  })
})

async function givenFailing(db: TestDatabase) {
  const acme = await givenOrganization(db)
  const endpoint = await givenEndpoint(db, acme)
  const event = await givenEvent(db, acme, { type: 'order.paid', data: '{"total":1.0}', givenId: 'order-17' })
  const key = await givenDelivery(db, acme, { eventId: event, endpointId: endpoint, state: deliveryStates.waiting, attempts: 2, step: 2, dueAt: db.clock.now() + 5_000 })
  return { acme, endpoint, event, key }
}
