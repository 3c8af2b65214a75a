import { describe, expect, test } from 'vitest'
import { isGood, ledgerOf, type Books } from './ledger.js'
import type { Receipt } from './chaotic-sink.js'

const endpoint = { path: '/a', organization: 'ada', ordered: true, schedule: ['0s'] }
const accepted = (serial: string): Books['accepted'][number] => ({ organization: 'ada', publisher: 0, serial, id: serial, acceptedAt: 0, triedAt: 0 })
const receipt = (serial: string, receivedAt: number, more: Partial<Receipt> = {}): Receipt => ({ path: '/a', id: serial, serial, digest: 'd', receivedAt, endedAt: receivedAt + 5, status: 200, ...more })

/** Two events, each delivered once and settled. */
function books(changes: Partial<Books> = {}): Books {
  return {
    cast: [endpoint], accepted: [accepted('p-1'), accepted('p-2')], unanswered: [], receipts: [receipt('p-1', 10_000), receipt('p-2', 10_010)], faults: [],
    stored: {
      events: [{ id: 1, serial: 'p-1' }, { id: 2, serial: 'p-2' }],
      deliveries: [{ eventId: 1, path: '/a', state: 2, attempts: 1 }, { eventId: 2, path: '/a', state: 2, attempts: 1 }],
      attempts: [{ eventId: 1, path: '/a', number: 1, status: 200 }, { eventId: 2, path: '/a', number: 1, status: 200 }],
    },
    ...changes,
  }
}

describe('the ledger', () => {
  test('balances when everything accepted arrived once, in order, and is settled', () => {
    const ledger = ledgerOf(books())
    expect(ledger).toMatchObject({ acceptedEvents: 2, owed: 2, delivered: 2, duplicates: 0 })
    expect(isGood(ledger)).toBe(true)
  })

  test('names what was accepted and is nowhere as lost', () => {
    const { stored, receipts } = books()
    expect(ledgerOf(books({ receipts: receipts.slice(1), stored: { ...stored, deliveries: stored.deliveries.slice(1), attempts: stored.attempts.slice(1) } })).lost).toEqual(['/a p-1 is in state none'])
  })

  test('names what arrived and was never accepted, or as another event than it was accepted as', () => {
    expect(ledgerOf(books({ accepted: [accepted('p-1')] })).unexpected).toEqual(['/a p-2: never accepted for it'])
    expect(ledgerOf(books({ receipts: [receipt('p-1', 10_000, { id: 'evt_2' })] })).unexpected).toEqual(['/a p-1: accepted as p-1, arrived as evt_2'])
  })

  test('counts a second arrival after a 2xx, and wants a fault that found the first one unsettled', () => {
    const receipts = [...books().receipts, receipt('p-2', 12_000)]
    expect(ledgerOf(books({ receipts })).unexplained).toHaveLength(1)
    expect(ledgerOf(books({ receipts, faults: [{ kind: 'kill a node', what: '', from: 10_100, until: 11_000 }] }))).toMatchObject({ duplicates: 1, explained: { 'kill a node': 1 }, unexplained: [] })
    expect(ledgerOf(books({ receipts, faults: [{ kind: 'kill a node', what: '', from: 13_000, until: 14_000 }] })).unexplained).toHaveLength(1)
  })

  test('takes a retry of a refused attempt for no duplicate', () => {
    expect(ledgerOf(books({ receipts: [receipt('p-1', 9_000, { status: 503 }), ...books().receipts] })).duplicates).toBe(0)
  })

  test('names what arrived before its predecessor on a strict endpoint', () => {
    expect(ledgerOf(books({ receipts: [receipt('p-2', 10_000), receipt('p-1', 10_010)] })).inversions).toEqual(['/a: p-1 at 10010 after p-2'])
  })

  test('names attempts that no owner can have made', () => {
    const { stored } = books()
    const twice = { ...stored, attempts: [...stored.attempts, { eventId: 2, path: '/a', number: 2, status: 200 }] }
    expect(ledgerOf(books({ stored: twice })).stale).toEqual(['/a p-2: 2 attempts in the log, 1 counted', '/a p-2: settled again after it had succeeded', '/a p-2: 2 attempts with 200, which the sink answered 1 times'])
  })
})
