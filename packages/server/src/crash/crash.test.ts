import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { CountingSink, type Receipt } from '../testing/counting-sink.js'
import { PosthornProcess } from '../testing/posthorn-process.js'
import { StubbornPublisher } from '../testing/stubborn-publisher.js'

const kills = 5
/** Between two kills at least so many are accepted, however slow the machine. */
const acceptedBetweenKills = 300
const key = 'the-admin-key-of-the-crash-test-0123456789'
/** How long after its answer a delivery may still be unsettled; settling is a matter of milliseconds, a busy machine's pauses included. */
const unsettledMs = 1_000

describe('a server that is killed again and again', () => {
  let folder: string
  let sink: CountingSink
  let server: PosthornProcess

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'posthorn-crash-'))
    sink = await CountingSink.start({ answerAfterMs: () => Math.random() * 20, refuses: (id) => id.endsWith('7') })
  })
  afterEach(async () => {
    await (server as PosthornProcess | undefined)?.kill()
    await sink.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  test('delivers every event that it accepted, and twice only what a kill interrupted', { timeout: 60_000 }, async () => {
    const startedAt = performance.now()
    server = await start()
    await post('/v1/organizations', { id: 'acme', name: 'Acme' })
    for (const path of ['/one', '/two']) await post('/v1/organizations/acme/endpoints', { url: sink.url(path), retryPolicy: { schedule: ['0s', '100ms', '200ms', '500ms', '1s', '1s', '1s', '1s'] } })

    const publisher = new StubbornPublisher(() => ({ url: server.url, key, organization: 'acme' }))
    publisher.start(64)
    const killed: Kill[] = []
    while (killed.length < kills) {
      const acceptedBefore = publisher.accepted.size
      await until(() => publisher.accepted.size >= acceptedBefore + acceptedBetweenKills)
      await new Promise((resolve) => { setTimeout(resolve, Math.random() * 500) })
      // Only a kill in the midst of both counts.
      while (publisher.inFlight === 0 || sink.inFlight === 0) await new Promise((resolve) => { setImmediate(resolve) })
      const at = performance.now()
      await server.kill()
      // What was still on the wire arrives now.
      await new Promise((resolve) => { setTimeout(resolve, 50) })
      killed.push({ at, overAt: performance.now() })
      server = await start()
    }
    await publisher.stop()
    const wanted = [...publisher.accepted.keys()].flatMap((id) => [`/one#${id}`, `/two#${id}`])
    await until(() => wanted.every((delivery) => isDelivered(sink.receipts.get(delivery))))
    server.signal('SIGTERM')
    expect(await server.ended).toEqual({ code: 0, signal: null })

    const repeats = [...sink.receipts.values()].flatMap(repeatsOf)
    const repeatsAfter = killed.map((kill) => repeats.filter(({ before, after }) => isInterrupted(before, kill) && after.receivedAt > kill.overAt).length)
    const ledger = {
      kills: killed.length, 'publishes without an answer': publisher.unanswered, accepted: publisher.accepted.size, 'deliveries owed': wanted.length,
      'deliveries made': wanted.filter((delivery) => isDelivered(sink.receipts.get(delivery))).length, 'never delivered': wanted.filter((delivery) => !isDelivered(sink.receipts.get(delivery))).length,
      'delivered, though never accepted': [...sink.receipts.keys()].filter((delivery) => !publisher.accepted.has(delivery.slice(delivery.indexOf('#') + 1))).length,
      'delivered twice, after each kill': repeatsAfter.join(' '), seconds: ((performance.now() - startedAt) / 1000).toFixed(1),
    }
    process.stdout.write(`\nThe ledger of the crash test\n${Object.entries(ledger).map(([entry, value]) => `  ${entry.padEnd(34)} ${value}`).join('\n')}\n\n`)

    expect(publisher.accepted.size).toBeGreaterThan(1_000)
    expect(ledger['never delivered']).toBe(0)
    expect(ledger['delivered, though never accepted']).toBe(0)
    for (const [delivery, receipts] of sink.receipts) {
      const [first] = receipts as [Receipt]
      expect(first.body).toContain(`"data":${publisher.accepted.get(delivery.slice(delivery.indexOf('#') + 1))}}`)
      for (const receipt of receipts) expect(receipt.body).toBe(first.body)
    }
    const unexplained = repeats.filter(({ before, after }) => !killed.some((kill) => isInterrupted(before, kill) && after.receivedAt > kill.overAt))
    expect(unexplained.map(({ before, after }) => ({ before, after, killed })), 'repeated, though no kill interrupted it').toEqual([])
    expect(Math.max(...repeatsAfter)).toBeLessThanOrEqual(1_000)
  })

  function start(): Promise<PosthornProcess> {
    return PosthornProcess.start(['dev', '--inspector', 'off'], { folder, env: { POSTHORN_API_KEY: key } })
  }

  async function post(path: string, body: object): Promise<void> {
    const response = await fetch(server.url + path, { method: 'POST', headers: { authorization: `Bearer ${key}` }, body: JSON.stringify(body) })
    expect(response.status, await response.text()).toBe(201)
  }

  async function until(holds: () => boolean): Promise<void> {
    const deadline = performance.now() + 15_000
    while (!holds() && performance.now() < deadline) await new Promise((resolve) => { setTimeout(resolve, 20) })
  }
})

function isDelivered(receipts: readonly Receipt[] | undefined): boolean {
  return receipts?.some(({ status }) => status === 200) ?? false
}

/** A receipt and the next one of the same delivery, where the first was not refused: a retry is no repeat. */
function repeatsOf(receipts: readonly Receipt[]): { before: Receipt; after: Receipt }[] {
  return receipts.flatMap((before, i) => {
    const after = receipts[i + 1]
    return after === undefined || before.status === 503 ? [] : [{ before, after }]
  })
}

/** When a server was killed, and when none of it was left: what it had sent by then may have arrived a moment later. */
interface Kill { at: number; overAt: number }

/** Whether a kill found this receipt unanswered, or answered and perhaps not yet settled. */
function isInterrupted({ receivedAt, answeredAt }: Receipt, { at, overAt }: Kill): boolean {
  return receivedAt <= overAt && (answeredAt === undefined || answeredAt >= at - unsettledMs)
}
