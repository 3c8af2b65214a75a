import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { onPostgres } from '../testing/each-database.js'
import { PosthornProcess } from '../testing/posthorn-process.js'
import { Sink } from '../testing/sink.js'

const adminKey = 'an-admin-key-of-more-than-32-characters'
let folder: string
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'posthorn-roles-')) })
afterEach(() => rmSync(folder, { recursive: true, force: true }))

onPostgres('processes that share the work', (db) => {
  let sink: Sink
  const running: PosthornProcess[] = []
  beforeEach(async () => { sink = await Sink.start() })
  afterEach(async () => {
    await Promise.all(running.splice(0).map((process) => process.kill()))
    await sink.stop()
  })

  async function start(roles: string): Promise<PosthornProcess> {
    const started = await PosthornProcess.start(['dev', '--roles', roles, '--inspector', 'off'], {
      folder, env: { DATABASE_URL: db.path, POSTHORN_API_KEY: adminKey, POSTHORN_ENCRYPTION_KEY: Buffer.alloc(32, 5).toString('base64'), POSTHORN_TEST_ALLOW_FSYNC_OFF: '1', POSTHORN_LOG: 'off' },
    })
    running.push(started)
    return started
  }

  test('one answers requests, the other does the rest and answers only how it fares', async () => {
    const [api, worker] = [await start('api'), await start('dispatch,deliver,consume,housekeeping')]
    const ask = (method: string, path: string, body?: unknown) => fetch(`${api.url}${path}`, { method, headers: { authorization: `Bearer ${adminKey}` }, ...(body !== undefined && { body: JSON.stringify(body) }) })
    await ask('POST', '/v1/organizations', { id: 'acme', name: 'Acme' })
    await ask('POST', '/v1/organizations/acme/endpoints', { url: sink.url() })
    for (let n = 0; n < 3; n++) expect((await ask('POST', '/v1/organizations/acme/events', { type: 'order.created', data: { n } })).status).toBe(202)
    expect(await sink.until(3)).toHaveLength(3)

    expect(await (await fetch(`${api.url}/healthz`)).json()).toEqual({ status: 'ok', roles: ['api'] })
    expect(await (await fetch(`${worker.url}/healthz`)).json()).toEqual({ status: 'ok', roles: ['dispatch', 'deliver', 'consume', 'housekeeping'] })
    for (const path of ['/readyz', '/metrics']) expect((await fetch(`${worker.url}${path}`)).status).toBe(200)
    for (const path of ['/', '/v1/organizations', '/webhooks/stripe', '/docs', '/inspect/x']) expect((await fetch(`${worker.url}${path}`)).status).toBe(404)
  })
})

describe('roles', () => {
  async function refusal(env: Record<string, string>): Promise<string> {
    const started = new PosthornProcess(['dev'], { folder, env })
    expect(await started.ended).toMatchObject({ code: 1 })
    return started.errors + started.output
  }

  test('are all done by the one process of a SQLite file, and others are refused with the reason', async () => {
    expect(await refusal({ POSTHORN_ROLES: 'api,dispatch' })).toContain('POSTHORN_ROLES: On SQLite one process does everything, since no second one may open the file: deliver, consume, housekeeping would be done by nobody.')
  })

  test('that there are not, are told with the nearest that there is', async () => {
    expect(await refusal({ POSTHORN_ROLES: 'api,delivery' })).toContain('"delivery" is none of api, dispatch, deliver, consume, housekeeping. Did you mean deliver?')
  })
})
