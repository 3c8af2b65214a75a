import { afterEach, beforeEach, expect, test } from 'vitest'
import { DatabaseAway } from '../storage/database-away.js'
import { sql } from '../storage/sql.js'
import { onEachDatabase, type TestDatabase } from '../testing/each-database.js'
import { changeEndpoints, deliveryStatesOf, eventually, givenSinkEndpoint } from '../testing/given-sink-endpoint.js'
import { givenOrganization } from '../testing/given.js'
import { RunningNode, shown } from '../testing/running-node.js'
import { Sink } from '../testing/sink.js'
import { systemClock } from '../time/clock.js'
import type { Commands } from '../operations/commands.js'
import type { Store } from '../operations/store.js'

onEachDatabase('a commit whose reply is lost', (db) => {
  let sink: Sink
  let acme: number
  beforeEach(async () => {
    begun = 0
    sink = await Sink.start()
    acme = await givenOrganization(db, 'acme')
    await givenSinkEndpoint(db, acme, 'acme', sink.url(), { ordered: 1 })
  })
  afterEach(() => sink.stop())

  test('of a dispatch: what it handed over is not stuck, and goes out in order', async () => {
    let lost = 0
    const node = await startWith(db, 'turn', (result) => {
      if (result.dispatched === undefined || result.dispatched.handed.length === 0 || lost++ > 0) return result
      return { ...result, dispatched: undefined, dispatchError: 'DatabaseAway', isOwnershipUnknown: true }
    })
    const ids = [...await node.publish(acme, 3), ...await node.publish(acme, 3)]
    await eventually(async () => expect(await deliveryStatesOf(db)).toEqual(ids.map(() => 2)))
    expect(lost).toBeGreaterThan(0)
    expect(begun, 'the first session, and one in the place of that whose lanes were not known').toBe(2)
    expect([...new Set(sink.received.map(({ id }) => id))]).toEqual([...new Set(sink.received.map(({ id }) => id))].sort())
    await node.stop()
  })

  test('of a look: nothing newer goes out before what it read', async () => {
    const before = await RunningNode.start(db, systemClock())
    await changeEndpoints(db, 1)
    const ids = await before.publish(acme, 3)
    await before.stop()
    await changeEndpoints(db, 0)
    let lost = 0
    const node = await startWith(db, 'lookAtLanes', (result) => {
      if (result.looks.length > 0 && lost++ === 0) throw new DatabaseAway(new Error('Connection terminated unexpectedly'), true)
      return result
    })
    await eventually(async () => expect(lost).toBeGreaterThan(0))
    ids.push(...await node.publish(acme, 3))
    await eventually(async () => expect(await deliveryStatesOf(db)).toEqual(ids.map(() => 2)))
    // What was in flight when the session was given up may come twice; what counts is when each came first.
    expect([...new Set(sink.received.map(({ id }) => id))]).toEqual(shown(ids))
    await node.stop()
  })

  test('of a publish: the publisher is told to come back, and nothing is stored a second time', async () => {
    let lost = 0
    const node = await startWith(db, 'turn', (result) => {
      if (result.appended.length > 0 && lost++ === 0) throw new DatabaseAway(new Error('Connection terminated unexpectedly'), true)
      return result
    })
    await expect(node.publish(acme, 2)).rejects.toMatchObject({ code: 'unavailable', message: expect.stringContaining('not known') })
    expect(await db.first(sql`select count(*) as n from events`)).toEqual({ n: 2 })
    await node.stop()
  })

  test.skipIf(db.dialect === 'sqlite')('of a relay: what it moved is in the stream once, in its order, and is found there', async () => {
    let lost = 0
    const node = await startWith(db, 'relayRows', (result) => {
      if (result.appended.events.length > 0 && lost++ === 0) throw new DatabaseAway(new Error('Connection terminated unexpectedly'), true)
      return result
    })
    await db.run(sql`select count(posthorn.publish('acme', 'order.created', to_json(n), id => 'n' || n)) from generate_series(1, 40) as n`)
    await sink.until(40, 15_000)
    expect(lost).toBeGreaterThan(0)
    expect(sink.received.map(({ id }) => id)).toEqual(Array.from({ length: 40 }, (_, i) => `n${i + 1}`))
    await node.stop()
  })
})

/** Sessions that the node of this test has begun. */
let begun = 0

/** A node that hears of one kind of command what `change` makes of it; the database has done what it did. */
async function startWith<Name extends 'turn' | 'lookAtLanes' | 'relayRows'>(db: TestDatabase, changed: Name, change: (output: OutputOf<Name>) => OutputOf<Name>): Promise<RunningNode> {
  const changing = Object.create(db, {
    store: {
      value: async (...args: Parameters<TestDatabase['store']>): Promise<Store> => {
        const store = await db.store(...args)
        const command = (async (name: Name, input: never) => {
          if ((name as string) === 'beginSession') begun++
          const output = await store.command(name, input) as OutputOf<Name>
          return name === changed ? change(output) : output
        }) as unknown as Store['command']
        return { dialect: store.dialect, command, query: store.query.bind(store), close: () => store.close() }
      },
    },
  }) as TestDatabase
  return RunningNode.start(changing, systemClock())
}

type OutputOf<Name extends keyof Commands> = Awaited<ReturnType<Commands[Name]>>
