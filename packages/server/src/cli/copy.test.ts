import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { PostgresServer } from '../testing/postgres-server.js'
import { PosthornProcess } from '../testing/posthorn-process.js'
import { Sink } from '../testing/sink.js'
import type { CopyMark } from '../copy/copy-mark.js'

const key = 'the-admin-key-of-the-copy-test-0123456789'
/** Of an organization that nobody listens to: many enough for a copy to be killed in their midst. */
const history = 20_000
const pending = 40

let folder: string
let postgres: PostgresServer | undefined
let sink: Sink
const ids: string[] = []
const env = { POSTHORN_API_KEY: key, POSTHORN_INSPECTOR: 'false' }

// One that syncs, as the command insists on it.
beforeAll(async () => {
  if (inject('postgres') === null) return
  folder = mkdtempSync(join(tmpdir(), 'posthorn-copy-'))
  sink = await Sink.start()
  postgres = await PostgresServer.start({ shared_buffers: '32MB' })
  await makeSource()
}, 120_000)
afterAll(async () => {
  await sink?.stop()
  await postgres?.stop()
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true })
})

test.skipIf(inject('postgres') === null)('a copy that is killed again and again goes on, and a server on the target delivers what was pending', { timeout: 180_000 }, async () => {
  const encryptionKey = readFileSync(join(folder, 'posthorn-data/encryption.key'), 'utf8').trim()
  const refused = await copyUntilItEnds({ POSTHORN_ENCRYPTION_KEY: Buffer.alloc(32, 9).toString('base64') })
  expect(refused.errors).toContain('POSTHORN_ENCRYPTION_KEY is not the key of the source.')

  const left: string[] = []
  while (left.length < 3) {
    const running = copy()
    // Whatever of the history it has put there in this run is what the kill finds.
    const before = left.at(-1)
    for (let mark = before; mark === undefined || mark === before; mark = await progress('events')) {
      if (running.hasEnded) throw new Error(`It ended before it could be killed.\n${running.output}${running.errors}`)
      await pause(2)
    }
    await running.kill()
    left.push(await progress('events') ?? 'beyond')
  }
  expect(new Set(left).size).toBe(3)
  const early = new PosthornProcess(['dev'], { folder, env: { ...env, DATABASE_URL: target(), POSTHORN_ENCRYPTION_KEY: encryptionKey } })
  expect(await early.ended).toEqual({ code: 1, signal: null })
  expect(early.errors).toContain('the target of a copy that has not finished')

  const last = await copyUntilItEnds({ POSTHORN_ENCRYPTION_KEY: encryptionKey })
  // Nothing but how far it is, where that takes long.
  expect(last.errors.replace(/^\w+: [\d,]+ rows so far\n/gm, '')).toBe('')
  expect(last.output).toMatch(new RegExp(`^events +${(history + pending).toLocaleString('en')}  [0-9a-f]{16}$`, 'm'))
  expect(last.output).toContain('POSTHORN_ENCRYPTION_KEY opens its secrets')

  sink.answerWith(200)
  sink.received.length = 0
  const server = await PosthornProcess.start(['dev'], { folder, env: { ...env, DATABASE_URL: target(), POSTHORN_ENCRYPTION_KEY: encryptionKey } })
  await sink.until(pending, 20_000)
  expect(new Set(sink.received.map(({ id }) => id))).toEqual(new Set(ids))
  expect(sink.received.every(({ headers }) => String(headers['webhook-signature']).startsWith('v1,'))).toBe(true)
  server.signal('SIGTERM')
  expect(await server.ended).toEqual({ code: 0, signal: null })
})

test('says what is wrong with what it was given', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'posthorn-copy-'))
  const outcome = async (...args: string[]): Promise<string> => {
    const ended = new PosthornProcess(['copy', ...args], { folder })
    const { code } = await ended.ended
    return `${code} ${ended.errors}`
  }
  expect(await outcome('--from', 'mysql://x', '--to', 'sqlite:b.db')).toMatch(/^1 [^]*--from: The URL begins with neither/)
  expect(await outcome('--from', 'sqlite:a.db', '--to', 'sqlite:./a.db')).toMatch(/^1 [^]*are the same database/)
  expect(await outcome('--from', 'sqlite:a.db', '--to', 'sqlite:b.db')).toMatch(/^1 [^]*There is no database at/)
  expect(await outcome('--from', 'sqlite:a.db')).toMatch(/^2 [^]*--to/)
  rmSync(folder, { recursive: true, force: true })
})

/** A server's database after it was killed: a long history, deliveries that are retried, and some that it was just sending. */
async function makeSource(): Promise<void> {
  const server = await PosthornProcess.start(['dev'], { folder, env })
  const post = async (path: string, body: object): Promise<any> => { // oxlint-disable-line typescript/no-explicit-any
    const response = await fetch(server.url + path, { method: 'POST', headers: { authorization: `Bearer ${key}` }, body: JSON.stringify(body) })
    expect(response.status, path).toBeLessThan(300)
    return response.json()
  }
  let answered = 0
  sink.answer = (_request, response) => { if (answered++ % 2 === 0) response.writeHead(503).end() }
  await post('/v1/organizations', { id: 'quiet', name: 'Quiet' })
  await post('/v1/organizations', { id: 'acme', name: 'Acme' })
  await post('/v1/organizations/acme/endpoints', { url: sink.url(), retryPolicy: { schedule: ['0s', '3s', '3s', '3s', '3s', '3s', '3s', '3s'] } })
  const batch = { events: Array.from({ length: 1_000 }, (_, n) => ({ type: 'order.created', data: { n } })) }
  for (let n = 0; n < history; n += 1_000) await post('/v1/organizations/quiet/events/batch', batch)
  for (let n = 0; n < pending; n++) ids.push((await post('/v1/organizations/acme/events', { type: 'order.created', data: { n } })).id)
  await sink.until(2)
  await server.kill()
}

function target(): string {
  return (postgres as PostgresServer).url
}

function copy(more: Record<string, string> = {}): PosthornProcess {
  return new PosthornProcess(['copy', '--from', 'sqlite:./posthorn-data/posthorn.db', '--to', target()], { folder, env: more })
}

async function copyUntilItEnds(more: Record<string, string>): Promise<PosthornProcess> {
  const running = copy(more)
  await running.ended
  return running
}

/** How far the target is with a table; undefined before and after. */
async function progress(table: string): Promise<string | undefined> {
  const client = new pg.Client({ connectionString: target() })
  await client.connect()
  try {
    const { rows } = await client.query<{ value: string }>(`select value from posthorn.installation where name = 'copy'`)
    const mark = rows[0] === undefined ? undefined : JSON.parse(rows[0].value) as CopyMark
    return mark?.table === table ? String(mark.after) : undefined
  } catch {
    return undefined
  } finally {
    await client.end()
  }
}
