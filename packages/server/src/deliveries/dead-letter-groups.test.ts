import { expect, test } from 'vitest'
import { deadLetterGroups } from './dead-letter-groups.js'
import { deliveryStates } from './delivery.js'
import { endpointId } from '../ids/public-id.js'
import { sql } from '../storage/sql.js'
import { onEachDatabase, type TestDatabase } from '../testing/each-database.js'
import { givenAttempt, givenDelivery, givenEndpoint, givenEvent, givenOrganization } from '../testing/given.js'

const { dead, succeeded } = deliveryStates

onEachDatabase('dead letters in groups', (db) => {
  test('stand together by endpoint and by how their last attempt ended, the most first', async () => {
    const acme = await givenOrganization(db)
    const [shop, crm] = [await givenEndpoint(db, acme, { url: 'https://shop.example' }), await givenEndpoint(db, acme, { state: 2 })]
    const begin = db.clock.now()
    for (const [endpoint, status, errorClass] of [[shop, 500, 'http'], [shop, 500, 'http'], [shop, null, 'timeout'], [crm, 410, 'http'], [shop, 500, 'http']] as const) {
      await giveDead(db, acme, endpoint, status, errorClass)
      db.clock.advance(1_000)
    }
    await givenDelivery(db, acme, { eventId: await givenEvent(db, acme), endpointId: shop, state: succeeded, attempts: 1 })

    const { groups, counted, end } = await deadLetterGroups(db, { organizationId: acme, after: null, limit: 100 })
    expect(groups).toEqual([
      { organizationId: 'acme', endpoint: { id: endpointId(shop), url: 'https://shop.example', description: '', state: 'enabled' }, status: 500, errorClass: 'http', count: 3, oldestAt: begin, newestAt: begin + 4_000 },
      { organizationId: 'acme', endpoint: { id: endpointId(crm), url: 'https://receiver.example/hook', description: '', state: 'disabled' }, status: 410, errorClass: 'http', count: 1, oldestAt: begin + 3_000, newestAt: begin + 3_000 },
      { organizationId: 'acme', endpoint: expect.objectContaining({ id: endpointId(shop) }), status: null, errorClass: 'timeout', count: 1, oldestAt: begin + 2_000, newestAt: begin + 2_000 },
    ])
    expect([counted, end]).toEqual([5, null])
  })

  test('are counted stretch by stretch, each once, of one organization or of all', async () => {
    const organizations = [await givenOrganization(db), await givenOrganization(db, 'other')]
    for (const organization of organizations) {
      const endpoint = await givenEndpoint(db, organization)
      for (let n = 0; n < 5; n++) await giveDead(db, organization, endpoint, 503, 'http')
    }
    for (const [organizationId, total] of [[organizations[0], 5], [undefined, 10]] as const) {
      let counted = 0
      let after: { eventId: number; endpointId: number } | null = null
      do {
        const stretch = await deadLetterGroups(db, { organizationId, after, limit: 3 })
        counted += stretch.counted
        after = stretch.end
      } while (after !== null)
      expect(counted).toBe(total)
    }
  })
})

async function giveDead(db: TestDatabase, organization: number, endpoint: number, status: number | null, errorClass: string): Promise<void> {
  const key = await givenDelivery(db, organization, { eventId: await givenEvent(db, organization), endpointId: endpoint, state: dead })
  await givenAttempt(db, { ...key, number: 1, status: 500 })
  await givenAttempt(db, { ...key, number: 2, status, errorClass })
  await db.run(sql`update deliveries set attempts = 2 where event_id = ${key.eventId}`)
}
