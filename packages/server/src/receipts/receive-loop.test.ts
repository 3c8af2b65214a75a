import { describe, expect, test } from 'vitest'
import { onEachDatabase, onPostgres } from '../testing/each-database.js'
import { givenOrganization } from '../testing/given.js'
import { ReceiveLoop, receiveLimits, type ReceivePartners } from './receive-loop.js'
import { sql } from '../storage/sql.js'
import type { SourceReceipt } from './receive.js'

function receipt(key: string, more: { keys?: string[]; body?: Uint8Array; organizationId?: number | null } = {}): SourceReceipt {
  return {
    source: { id: 1, provider: 'stripe', organizationId: more.organizationId ?? null },
    receipt: {
      sourceId: 1, receivedAt: 1_768_478_400_000, method: 'POST', url: '/webhooks/stripe', headers: [], body: more.body ?? Buffer.from('{}'), verdict: 'accepted', status: 200, kept: 0,
      items: [{ keys: more.keys ?? [key], whose: { names: [], accounts: [] }, events: [{ type: 'stripe.x', data: '{}', occurredAt: 1 }] }],
    },
  }
}

onEachDatabase('the receive loop', (db) => {
  async function loop(change: (commit: ReceivePartners['commit']) => Partial<ReceivePartners> = () => ({})) {
    const store = await db.store()
    const reports: string[] = []
    const moved: number[][] = []
    const commit: ReceivePartners['commit'] = (batch) => store.command('receive', batch)
    const receiving = new ReceiveLoop({ commit, streamsMoved: (ids) => moved.push([...ids]), isAway: () => false, report: (_, what) => reports.push(what), ...change(commit) })
    return { receiving, reports, moved }
  }

  test('a receipt is answered for once it is committed, and not before', async () => {
    let letGo = () => {}
    const held = new Promise<void>((resolve) => { letGo = resolve })
    const { receiving } = await loop((commit) => ({ commit: async (batch) => { await held; return commit(batch) } }))
    let isAnswered = false
    const received = receiving.receive(receipt('i:1')).then((outcome) => { isAnswered = true; return outcome })
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(isAnswered).toBe(false)
    letGo()
    expect(await received).toMatchObject({ verdict: 'accepted' })
    expect(await db.all(sql`select verdict, events from receipts`)).toEqual([{ verdict: 0, events: 1 }])
  })

  test('those that arrive together share commits, each with its own outcome', async () => {
    let commits = 0
    const { receiving, moved } = await loop((commit) => ({ commit: (batch) => { commits++; return commit(batch) } }))
    const outcomes = await Promise.all(Array.from({ length: 50 }, (_, n) => receiving.receive(receipt(`i:${n % 40}`))))
    expect(commits).toBe(1)
    expect(outcomes.filter(({ verdict }) => verdict === 'duplicate')).toHaveLength(10)
    expect(moved).toEqual([outcomes[0]?.organizationIds])
  })

  test('where one of many cannot be stored, only that one is refused', async () => {
    const { receiving, reports } = await loop((commit) => ({ commit: (batch) => batch.receipts.some((each) => each.receipt.url === '/bad') ? Promise.reject(new Error('It cannot be stored.')) : commit(batch) }))
    const bad = receipt('i:7')
    bad.receipt.url = '/bad'
    const outcomes = await Promise.allSettled([1, 2, 3].map((n) => receiving.receive(receipt(`i:${n}`))).concat(receiving.receive(bad), receiving.receive(receipt('i:4'))))
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled', 'rejected', 'fulfilled'])
    expect(reports).toEqual(['A receipt could not be stored.'])
  })

  test('a database that is away is 503 for all, and nothing is stored', async () => {
    const { receiving } = await loop(() => ({ commit: () => Promise.reject(new Error('away')), isAway: () => true }))
    for (const outcome of await Promise.allSettled([receiving.receive(receipt('i:1')), receiving.receive(receipt('i:2'))])) expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'unavailable', status: 503 } })
    expect(await db.all(sql`select id from receipts`)).toEqual([])
  })

  test('more than memory should hold is told to come back', async () => {
    const { receiving } = await loop(() => ({ commit: () => new Promise(() => {}) }))
    const large = Buffer.alloc(receiveLimits.maxWaitingBytes / 8)
    const waiting = Array.from({ length: 9 }, (_, n) => receiving.receive(receipt(`i:${n}`, { body: large })))
    await expect(waiting[8]).rejects.toMatchObject({ code: 'overloaded' })
  })
})

onPostgres('receiving on two nodes', (db) => {
  describe('the same webhook at both', () => {
    test('is told once, whatever the order of its keys, and nobody waits for ever', async () => {
      const acme = await givenOrganization(db, 'acme')
      const [one, other] = await Promise.all([db.store(), db.store()])
      const receipts = Array.from({ length: 30 }, (_, n) => receipt('', { keys: [`i:${n}`, `b:${(n * 7) % 30}`], organizationId: acme }))
      const outcomes = await Promise.all([one.command('receive', { receipts, counted: [] }), other.command('receive', { receipts: [...receipts].reverse(), counted: [] })])
      expect(outcomes.flat().filter(({ verdict }) => verdict === 'accepted').length).toBe(30)
      expect(await db.first(sql`select count(*) as count from events`)).toEqual({ count: 30 })
    })

    test('the operator is made once', async () => {
      const [one, other] = await Promise.all([db.store(), db.store()])
      await Promise.all([one.command('receive', { receipts: [receipt('i:1')], counted: [] }), other.command('receive', { receipts: [receipt('i:2')], counted: [] })])
      expect(await db.all(sql`select public_id from organizations`)).toEqual([{ public_id: 'operator' }])
      expect(await db.first(sql`select count(*) as count from events`)).toEqual({ count: 2 })
    })
  })
})
