import pg from 'pg'
import { afterEach, expect, test } from 'vitest'
import { onPostgres } from '../testing/each-database.js'
import { eventually } from '../testing/given-sink-endpoint.js'
import { withClient } from '../testing/postgres-setup.js'
import { NotifyWakeup } from './notify-wakeup.js'
import type { Member, News } from './wakeup.js'

onPostgres('LISTEN and NOTIFY', (db) => {
  const opened: NotifyWakeup[] = []
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((wakeup) => wakeup.close()))
  })

  async function listening(name: string): Promise<{ member: Member; heard: News[]; wakeup: NotifyWakeup }> {
    const heard: News[] = []
    const wakeup = new NotifyWakeup({ connect: () => new pg.Client({ connectionString: db.path, application_name: name }), report() {} })
    opened.push(wakeup)
    const member = wakeup.join((news) => heard.push(news))
    await eventually(async () => expect(wakeup.isHeard).toBe(true))
    heard.length = 0
    return { member, heard, wakeup }
  }

  test('what one process tells everybody, the others hear, and it does not hear itself', async () => {
    const [alice, bob] = [await listening('alice'), await listening('bob')]
    alice.member.tell({ streams: [7] }, 'everybody')
    await eventually(async () => expect(bob.heard).toEqual([{ streams: [7], lanes: false, outbox: false, nodes: false, access: false, isFromElsewhere: true }]))
    expect(alice.heard).toEqual([])
  })

  test('within one process it is told at once, and only there where it is meant for that', async () => {
    const [alice, bob] = [await listening('alice'), await listening('bob')]
    const heard: News[] = []
    alice.wakeup.join((news) => heard.push(news))
    alice.member.tell({ lanes: true }, 'this process')
    expect(heard).toEqual([{ lanes: true }])
    alice.member.tell({ outbox: true }, 'everybody')
    await eventually(async () => expect(bob.heard).toMatchObject([{ outbox: true, lanes: false }]))
  })

  test('a thousand tellings in a moment are a handful of notifications that leave nothing out', async () => {
    const [alice, bob] = [await listening('alice'), await listening('bob')]
    for (let n = 0; n < 1_000; n++) alice.member.tell({ streams: [n % 50] }, 'everybody')
    await eventually(async () => expect(new Set(bob.heard.flatMap(({ streams }) => streams === 'all' ? [] : streams ?? [])).size).toBe(50))
    expect(bob.heard.length).toBeLessThan(10)
  })

  test('a connection that is cut is made again, and what was missed is looked for', async () => {
    const bob = await listening('bob')
    await withClient(db.path, (client) => client.query(`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'bob'`))
    await eventually(async () => expect(bob.heard).toEqual([{ streams: 'all', lanes: true, outbox: true, nodes: true, access: true }]))
    expect(bob.wakeup.isHeard).toBe(true)
    const alice = await listening('alice')
    alice.member.tell({ nodes: true }, 'everybody')
    await eventually(async () => expect(bob.heard.at(-1)).toMatchObject({ nodes: true, lanes: false }))
  })
})
